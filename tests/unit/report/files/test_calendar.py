"""The calendar file by RFC 5545: read back, unfolded and unescaped, each word is as it was."""

import re
from datetime import UTC, date, datetime

from hypothesis import example, given
from hypothesis import strategies as st

from dnk_tool.report.files.calendar import CalendarDay, to_ics

NOW = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
WORDS = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cn")) | st.sampled_from("\n;,\\"), max_size=200
)


def read_back(content: bytes) -> list[dict[str, str]]:
    """The events, by name of their lines."""
    lines = content.replace(b"\r\n ", b"").decode().split("\r\n")
    events: list[dict[str, str]] = []
    for line in lines:
        name, _colon, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            events.append({})
        elif events:
            unescaped = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], value)
            events[-1].setdefault(name, unescaped)
    return events


@given(WORDS, WORDS, WORDS)
@example("Ä" * 200, "a;b,c\\n\\", "eins\r\nzwei\rdrei")
def test_each_word_comes_back_and_no_line_is_longer_than_75_bytes(title: str, place: str, text: str) -> None:
    day = CalendarDay("milestone-1@host", date(2026, 12, 31), title, place, text)
    content = to_ics([day], now=NOW)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    content.decode()  # no fold inside a character
    [event] = read_back(content)
    assert event["UID"] == "milestone-1@host"
    assert event["DTSTAMP"] == "20261128T093000Z"
    assert (event["DTSTART;VALUE=DATE"], event["DTEND;VALUE=DATE"]) == ("20261231", "20270101")
    plain = {"SUMMARY": title, "LOCATION": place, "DESCRIPTION": text}
    for name, value in plain.items():
        assert event.get(name, "") == value.replace("\r\n", "\n").replace("\r", "\n")


def test_a_calendar_holds_all_its_days() -> None:
    days = [CalendarDay(f"milestone-{n}@host", date(2026, 1, n), f"Tag {n}") for n in (1, 2, 3)]
    content = to_ics(days, now=NOW)
    assert [event["SUMMARY"] for event in read_back(content)] == ["Tag 1", "Tag 2", "Tag 3"]
    assert content.startswith(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:")
    assert content.endswith(b"END:VCALENDAR\r\n")
