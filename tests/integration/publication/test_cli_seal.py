"""Keys, seals and their verification: on the command line, without a network, also by other programs."""

import base64
import io
import json
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pikepdf
import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from dnk_tool.cli.main import cli
from dnk_tool.domain.declarations.attachment_names import DATA_MEDIA_TYPE, data_file_name
from dnk_tool.domain.declarations.document import canonical_json, fingerprint
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.services.publication import seal_keys, seals
from dnk_tool.services.publication.seal_keys import KeyExists, NoKeyName, UnreadableKey
from dnk_tool.services.publication.seals import NotASeal, SealVerdict
from tests.support.declaration_scenario import CRAFT

TODAY = date(2026, 11, 25)
CONTENT = canonical_json(read_document(CRAFT.read_bytes()))
PRINT = fingerprint(CONTENT)

Run = Callable[..., Result]


@pytest.fixture
def run(command_instance: Path) -> Run:
    return lambda *arguments: CliRunner().invoke(cli, [str(argument) for argument in arguments])


@pytest.fixture
def sealed(tmp_path: Path, run: Run) -> Path:
    """A declaration's file with its seal beside it, made with a fresh key of the instance."""
    assert run("seal", "new-key", "IHK Müller-Stadt – Nord").exit_code == 0
    key = seal_keys.signing_key(tmp_path / "instance")
    assert key is not None
    path = tmp_path / "a.json"
    path.write_bytes(CONTENT)
    path.with_suffix(".sig").write_text(seals.create_seal(PRINT, key, on=TODAY).to_json(), "utf-8")
    return path


def public_key(tmp_path: Path) -> Path:
    [path] = (tmp_path / "instance/seal/public").iterdir()
    return path


# ---- Keys


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path, run: Run) -> None:
    made = run("seal", "new-key", "IHK Musterstadt")
    assert made.exit_code == 0
    folder = tmp_path / "instance/seal"
    private = folder / "private.pem"
    assert private.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o077 == 0
    assert private.read_text().startswith("-----BEGIN PRIVATE KEY-----")
    before = private.read_bytes()
    again = run("seal", "new-key", "IHK Musterstadt")
    assert again.exit_code == 1
    assert "--replace" in again.output
    assert private.read_bytes() == before
    assert sorted(path.name for path in folder.iterdir()) == ["private.pem", "public"]


def test_a_replaced_key_leaves_its_public_half(tmp_path: Path, run: Run) -> None:
    run("seal", "new-key", "Erste")
    assert run("seal", "new-key", "Zweite", "--replace").exit_code == 0
    rows = json.loads(run("seal", "list", "--json").stdout)
    assert {row["name"]: row["seals"] for row in rows} == {"Erste": False, "Zweite": True}
    assert run("seal", "list").stdout.count("*") == 1


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a-----b"])
def test_a_key_needs_a_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(NoKeyName):
        seal_keys.new_key(tmp_path, name, on=TODAY)
    assert not list(tmp_path.iterdir())


def test_a_name_of_several_lines_becomes_one(tmp_path: Path) -> None:
    made = seal_keys.new_key(tmp_path, "IHK\nName: Andere", on=TODAY)
    assert [key.name for key in seal_keys.public_keys(tmp_path).values()] == ["IHK Name: Andere"]
    assert made.to_pem().count("Name:") == 2
    with pytest.raises(KeyExists):
        seal_keys.new_key(tmp_path, "x", on=TODAY)


def test_a_key_whose_public_half_is_gone_seals_no_more(tmp_path: Path) -> None:
    made = seal_keys.new_key(tmp_path, "IHK", on=TODAY)
    (tmp_path / "seal/public" / f"{made.number}.pem").unlink()
    assert seal_keys.signing_key(tmp_path) is None
    assert seal_keys.public_keys(tmp_path) == {}


def test_other_keys_are_refused(tmp_path: Path) -> None:
    seal_keys.new_key(tmp_path, "IHK", on=TODAY)
    foreign = rsa.generate_private_key(65537, 2048)
    pem = serialization.Encoding.PEM
    private, public = tmp_path / "seal/private.pem", tmp_path / "public.pem"
    private.write_bytes(
        foreign.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    public.write_bytes(
        foreign.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    with pytest.raises(UnreadableKey):
        seal_keys.signing_key(tmp_path)
    with pytest.raises(UnreadableKey):
        seal_keys.read_keys(public)
    for content in (b"", b"hello", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"):
        public.write_bytes(content)
        with pytest.raises(UnreadableKey):
            seal_keys.read_keys(public)


# ---- Seals


def test_a_seal_is_read_as_it_was_written(tmp_path: Path) -> None:
    seal_keys.new_key(tmp_path, "IHK „Nord“", on=TODAY)
    key = seal_keys.signing_key(tmp_path)
    assert key is not None
    seal = seals.create_seal(PRINT, key, on=TODAY)
    assert seals.create_seal(PRINT, key, on=TODAY) == seal
    assert seals.parse_seal(seal.to_json()) == seal
    assert seals.verify_seal(seal, PRINT, {key.public.number: key.public}) is SealVerdict.VALID
    assert seals.verify_seal(seal, "0" * 64, {key.public.number: key.public}) is SealVerdict.OTHER_DATA
    assert seals.verify_seal(seal, PRINT, {}) is SealVerdict.UNKNOWN_KEY


@pytest.mark.parametrize(
    ("name", "value"),
    [("by", "Andere"), ("sealed_on", "2020-01-01"), ("sha256", "0" * 64)],
)
def test_whatever_is_changed_in_a_seal_makes_it_forged(sealed: Path, run: Run, name: str, value: str) -> None:
    path = sealed.with_suffix(".sig")
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {name: value}), "utf-8")
    answer = run("declaration", "verify", sealed)
    assert answer.exit_code == 3
    assert "seal: invalid: the signature is not the key's" in answer.stdout
    assert "Andere" not in answer.stdout


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", "null", '{"format": "dnk-seal"}', "[" * 5_000, "x" * 20_000],
)
def test_what_is_no_seal_is_refused(sealed: Path, run: Run, content: str) -> None:
    with pytest.raises(NotASeal):
        seals.parse_seal(content)
    sealed.with_suffix(".sig").write_text(content)
    answer = run("declaration", "verify", sealed)
    assert answer.exit_code == 1
    assert "is no seal" in answer.output


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"algorithm": "RSA"},
        {"signature": "ä"},
        {"sealed_on": "x"},
        {"by": 1},
        {"more": ""},
    ],
)
def test_a_seal_of_another_kind_is_refused(sealed: Path, change: dict[str, object]) -> None:
    seal = json.loads(sealed.with_suffix(".sig").read_text("utf-8"))
    with pytest.raises(NotASeal):
        seals.parse_seal(json.dumps(seal | change))


# ---- Verifying


def test_a_valid_seal(sealed: Path, run: Run, tmp_path: Path) -> None:
    key = public_key(tmp_path)
    elsewhere = tmp_path / "b.sig"
    sealed.with_suffix(".sig").rename(elsewhere)
    for more in ((), ("--key", key)):
        answer = run("declaration", "verify", sealed, "--signature", elsewhere, *more)
        assert answer.exit_code == 0
        assert f"fingerprint: {PRINT}" in answer.stdout
        assert f"seal: valid (IHK Müller-Stadt – Nord, 2026-11-25, key {key.stem})" in answer.stdout


def test_without_a_seal_it_says_so(sealed: Path, run: Run) -> None:
    sealed.with_suffix(".sig").unlink()
    answer = run("declaration", "verify", sealed)
    assert (answer.exit_code, answer.stdout) == (4, f"fingerprint: {PRINT}\nseal: absent\n")
    answer = run("declaration", "verify", sealed, "--json")
    assert json.loads(answer.stdout) == {"fingerprint": PRINT, "seal": "absent", "by": ""}


def test_a_pdf_is_verified_by_the_data_in_it(sealed: Path, run: Run) -> None:
    pdf, name = pikepdf.new(), data_file_name(2025)
    pdf.add_blank_page()
    pdf.attachments[name] = pikepdf.AttachedFileSpec(pdf, CONTENT, filename=name, mime_type=DATA_MEDIA_TYPE)
    pdf.save(sealed.with_suffix(".pdf"))
    assert "seal: valid" in run("declaration", "verify", sealed.with_suffix(".pdf")).stdout


def test_other_data_and_a_foreign_key(sealed: Path, run: Run, tmp_path: Path) -> None:
    changed = json.loads(CONTENT)
    changed["organisation"]["employees"] = 77_777
    other = tmp_path / "other.json"
    other.write_text(json.dumps(changed))
    answer = run("declaration", "verify", other, "--signature", sealed.with_suffix(".sig"))
    assert answer.exit_code == 3
    assert "it seals other data" in answer.stdout
    made = seal_keys.new_key(tmp_path / "elsewhere", "Fremd", on=TODAY)
    key = tmp_path / "elsewhere/seal/public" / f"{made.number}.pem"
    answer = run("declaration", "verify", sealed, "--key", key)
    assert answer.exit_code == 3
    assert "not among those trusted" in answer.stdout


def test_what_cannot_be_read_says_so(sealed: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.7\n")
    assert run("declaration", "verify", tmp_path / "x.pdf").exit_code == 1
    (tmp_path / "x.pem").write_text("hello")
    answer = run("declaration", "verify", sealed, "--key", tmp_path / "x.pem")
    assert answer.exit_code == 1
    assert "holds no public Ed25519 key" in answer.output
    shutil.rmtree(tmp_path / "instance")
    answer = run("declaration", "verify", sealed)
    assert answer.exit_code == 1
    assert "--key" in answer.output


def test_sealing_needs_a_key(run: Run) -> None:
    answer = run("seal", "versions")
    assert answer.exit_code == 1
    assert "new-key" in answer.output
    run("seal", "new-key", "IHK")
    assert run("seal", "versions", "--again").stdout == "0 versions sealed.\n"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_verifies_it_too(sealed: Path, tmp_path: Path) -> None:
    """As docs/operations.md says: the seal without its signature, keys sorted, no spaces, one line end."""
    seal = json.loads(sealed.with_suffix(".sig").read_text("utf-8"))
    (tmp_path / "signature").write_bytes(base64.b64decode(seal.pop("signature")))
    text = io.StringIO()
    json.dump(seal, text, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    (tmp_path / "statement").write_text(text.getvalue() + "\n", "utf-8")
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", str(public_key(tmp_path)), "-rawin"]
    command += ["-in", str(tmp_path / "statement"), "-sigfile", str(tmp_path / "signature")]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
