"""Writes days as an iCalendar file (RFC 5545), which every calendar reads."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

MAX_LINE_BYTES = 75


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """An event of a whole day. `uid` stays the same when the day moves, so that calendars move it, too."""

    uid: str
    day: date
    title: str
    place: str = ""
    text: str = ""
    address: str = ""


def to_ics(days: Iterable[CalendarDay], *, now: datetime) -> bytes:
    """The calendar file of these days."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//dnk-tool//DE",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
    ]
    for each in days:
        lines += _event_lines(each, now)
    lines.append("END:VCALENDAR")
    return b"".join(folded + b"\r\n" for line in lines for folded in _folded(line))


def _event_lines(each: CalendarDay, now: datetime) -> list[str]:
    texts = {"SUMMARY": each.title, "LOCATION": each.place, "DESCRIPTION": each.text}
    return [
        "BEGIN:VEVENT",
        f"UID:{each.uid}",
        f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{each.day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{each.day + timedelta(days=1):%Y%m%d}",
        *(f"{name}:{_escaped(text)}" for name, text in texts.items() if text),
        *([f"URL:{each.address}"] if each.address else []),
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _escaped(text: str) -> str:
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = "".join(sign for sign in plain if sign in "\n\t" or sign.isprintable() or ord(sign) > 159)
    for sign in ("\\", ";", ","):
        plain = plain.replace(sign, "\\" + sign)
    return plain.replace("\n", "\\n")


def _folded(line: str) -> Iterator[bytes]:
    """Split at 75 bytes, never inside a character; each further line begins with a space."""
    part = b""
    for sign in line:
        encoded = sign.encode()
        if len(part) + len(encoded) > MAX_LINE_BYTES:
            yield part
            part = b" "
        part += encoded
    yield part
