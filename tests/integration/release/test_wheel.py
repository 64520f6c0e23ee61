"""The wheel, installed as operators install it and started in an empty folder, works."""

import subprocess
import tarfile
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

from tests.integration.release.conftest import Release
from tests.support.machine import free_port

ROOT = Path(__file__).parents[3]


def run_program(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_no_archive_holds_the_repository(released: Release) -> None:
    [wheel], [sources] = released.files.glob("dnk_tool-*.whl"), released.files.glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as package, tarfile.open(sources) as archive:
        names = [*package.namelist(), *archive.getnames()]
    assert len(names) > 500
    assert [name for name in names if {".git", ".svn", ".hg"} & set(name.split("/"))] == []


def test_the_wheel_has_what_the_demo_is_made_of(released: Release) -> None:
    [wheel] = released.files.glob("dnk_tool-*.whl")
    folder = ROOT / "dnk_tool/cli/demo"
    data = {str(file.relative_to(ROOT)) for file in folder.rglob("*") if file.suffix in {".json", ".yaml"}}
    with zipfile.ZipFile(wheel) as package:
        assert len(data) >= 7
        assert data - set(package.namelist()) == set()


def test_the_wheel_serves_and_renders(released: Release, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    dnk = released.programs / "dnk"
    run_program(dnk, "declaration", "render", ROOT / "tests/data/craft.json", "-o", "out.pdf", cwd=empty)
    assert (empty / "out.pdf").read_bytes().startswith(b"%PDF-")
    port = free_port()
    with subprocess.Popen(
        [dnk, "serve", "--port", str(port)], cwd=empty, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            page = fetched(f"http://127.0.0.1:{port}/")
            style = page.split('rel="stylesheet" href="')[1].split('"')[0]
            assert len(fetched(f"http://127.0.0.1:{port}{style}")) > 10_000
            english = fetched(f"http://127.0.0.1:{port}/", language="en")
            assert '<html lang="en"' in english
            assert "Anmelden" not in english, "the English words travel in the wheel"
        finally:
            server.terminate()
    assert (empty / "instance/dnk.sqlite3").exists()


def fetched(address: str, language: str = "de") -> str:
    """The page, as soon as somebody answers."""
    request = urllib.request.Request(address, headers={"Accept-Language": language})
    for _ in range(600):
        try:
            with urllib.request.urlopen(request) as answer:
                return str(answer.read().decode())
        except ConnectionError:
            time.sleep(0.1)
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionError):
                raise
            time.sleep(0.1)
    raise TimeoutError(address)
