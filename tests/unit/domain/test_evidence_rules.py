"""Names that are safe whatever was sent, and dates until which something is valid."""

import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dnk_tool.domain.evidence import (
    LONGEST_NAME,
    WHOLE_DECLARATION,
    Evidence,
    EvidenceFileType,
    EvidenceTarget,
    EvidenceValidity,
    file_extension,
    safe_file_name,
)

# What was sent, and the name that is kept; all of them are PDFs.
NAMES = {
    "Rechnung Mai.pdf": "Rechnung Mai.pdf",
    "RECHNUNG.PDF": "RECHNUNG.pdf",
    "../../etc/passwd": "passwd.pdf",
    "../../etc/passwd.pdf": "passwd.pdf",
    "/etc/shadow.pdf": "shadow.pdf",
    "..\\..\\windows\\win.ini": "win.ini.pdf",
    "C:\\Users\\Petra\\Rechnung.pdf": "Rechnung.pdf",
    "C:/Users/Petra/Rechnung.pdf": "Rechnung.pdf",
    "\\\\server\\share\\a.pdf": "a.pdf",
    "file:///etc/passwd": "passwd.pdf",
    "....//....//a.pdf": "a.pdf",
    "..": "Beleg.pdf",
    ".": "Beleg.pdf",
    "...": "Beleg.pdf",
    "": "Beleg.pdf",
    " ": "Beleg.pdf",
    "/": "Beleg.pdf",
    "\\": "Beleg.pdf",
    ".pdf": "pdf.pdf",
    "..pdf": "Beleg.pdf",
    ".htaccess": "htaccess.pdf",
    "a/../b.pdf": "b.pdf",
    "a\0b.pdf": "ab.pdf",
    "a.pdf\0.exe": "a.pdf.exe.pdf",
    "a.exe\0.pdf": "a.exe.pdf",
    "a\r\nSet-Cookie: x=1.pdf": "a Set-Cookie- x=1.pdf",
    'a".pdf': "a-.pdf",
    "a;b.pdf": "a;b.pdf",
    "a<script>.pdf": "a-script-.pdf",
    "a|b?c*d.pdf": "a-b-c-d.pdf",
    "a:b.pdf": "a-b.pdf",
    "a.pdf::$DATA": "a.pdf--$DATA.pdf",
    "CON": "Beleg CON.pdf",
    "con.pdf": "Beleg con.pdf",
    "NUL.txt": "Beleg NUL.pdf",
    "COM1.pdf": "Beleg COM1.pdf",
    "lpt9.tar.pdf": "Beleg lpt9.tar.pdf",
    "a. . .pdf": "a.pdf",
    "  a   b  .pdf": "a b.pdf",
    "Rechnung\u202efdp.exe": "Rechnungfdp.exe.pdf",
    "a\u200bb\ufeff.pdf": "ab.pdf",
    "a\u2028b.pdf": "a b.pdf",
    "Mu\u0308ller.pdf": "Müller.pdf",
    "%2e%2e%2fpasswd.pdf": "%2e%2e%2fpasswd.pdf",
    "..%5c..%5ca.pdf": "%5c..%5ca.pdf",
    "~root/.ssh/id_rsa": "id_rsa.pdf",
    "a.jpeg": "a.pdf",
    "Straße 12, Größe & Maß.pdf": "Straße 12, Größe & Maß.pdf",
}
EVIDENCE = Evidence(
    id=1,
    name="a.pdf",
    title="",
    kind=EvidenceFileType.PDF,
    size=1,
    sha256="0" * 64,
    valid_until=None,
    is_listed=False,
    is_for_review=False,
    uploaded_at=datetime(2026, 1, 1, tzinfo=UTC),
    uploaded_by=None,
    version=1,
)


@pytest.mark.parametrize("sent", NAMES)
def test_names_are_made_safe(sent: str) -> None:
    assert safe_file_name(sent, EvidenceFileType.PDF) == NAMES[sent]


def test_there_are_forty_names() -> None:
    assert len(NAMES) >= 40


@given(st.text(max_size=300), st.sampled_from(EvidenceFileType))
@example("a" * 300, EvidenceFileType.JPEG)
@example("e\u0301" * 200, EvidenceFileType.JPEG)
@example("q\u0302" * 200, EvidenceFileType.JPEG)
def test_whatever_is_sent_the_name_is_safe(sent: str, kind: EvidenceFileType) -> None:
    name = safe_file_name(sent, kind)
    assert 0 < len(name) <= LONGEST_NAME
    assert name == unicodedata.normalize("NFC", name)
    assert file_extension(name) == kind.value
    assert not set('/\\<>:"|?*\0\r\n') & set(name)
    assert not any(unicodedata.category(character) in {"Cc", "Cf", "Cs"} for character in name)
    assert not name.startswith((".", " "))
    assert safe_file_name(name, kind) == name


def test_a_file_belongs_to_one_thing_at_a_time() -> None:
    assert WHOLE_DECLARATION.is_whole
    assert not EvidenceTarget(ref="1.1").is_whole
    with pytest.raises(ValueError, match="one thing"):
        EvidenceTarget(ref="1.1", line=3)


def test_a_date_passes_at_the_end_of_its_day() -> None:
    today = date(2026, 11, 25)
    validities = {
        until: replace(EVIDENCE, valid_until=until).validity(today)
        for until in (None, date(2026, 11, 24), today, date(2026, 12, 31), date(2027, 1, 1))
    }
    assert list(validities.values()) == [
        EvidenceValidity.OPEN,
        EvidenceValidity.PASSED,
        EvidenceValidity.ENDS_THIS_YEAR,
        EvidenceValidity.ENDS_THIS_YEAR,
        EvidenceValidity.HOLDS,
    ]


def test_people_call_it_by_its_title() -> None:
    assert EVIDENCE.label == "a.pdf"
    assert replace(EVIDENCE, title="Abrechnung").label == "Abrechnung"
