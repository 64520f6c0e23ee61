"""Joins verdicts that one person gave in a row to one log entry, as a review has more than twenty."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.catalogue import Criterion
from dnk_tool.domain.review import ReviewStatus
from dnk_tool.language import Language
from dnk_tool.store.tables.declarations import Event
from dnk_tool.web.activity.lines import ActivityLogEntry, EventLookup, FieldChangeRow, log_entry
from dnk_tool.web.people.forms import all_sections
from dnk_tool.web.text.labels import label_of


def verdicts_entry(events: Sequence[Event], known: EventLookup) -> ActivityLogEntry:
    """Word one event, or several verdicts together. `events` are latest first."""
    latest = log_entry(events[0], known)
    if len(events) == 1:
        return latest
    refs = {str(event.detail.get("section", "")) for event in events}
    what = ngettext("%(num)d Kriterium geprüft", "%(num)d Kriterien geprüft", len(refs))
    return replace(
        latest,
        since=events[-1].happened_at,
        what=str(what),
        about=tuple(_about(events, known)),
        lines=tuple(_lines(events, known.language)),
    )


def _about(events: Sequence[Event], known: EventLookup) -> Iterator[str]:
    yield known.companies.get(events[0].organisation_id or 0, "")
    versions = {event.detail["version"] for event in events if "version" in event.detail}
    yield from (str(_("Version %(version)s", version=version)) for version in sorted(versions))


def _lines(events: Sequence[Event], language: Language) -> Iterator[FieldChangeRow]:
    """One line for each verdict; a section whose verdict was changed appears under both."""
    for standing in ReviewStatus:
        refs = {event.detail.get("section", "") for event in events if event.detail["verdict"] == standing}
        if refs:
            yield FieldChangeRow(label_of(standing), after=", ".join(_names(refs, language)))


def _names(refs: Collection[str], language: Language) -> Iterator[str]:
    sections = [section for ref, section in all_sections().items() if ref in refs]
    yield from (section.title.to(language) for section in sections if not isinstance(section, Criterion))
    numbers = [section.number for section in sections if isinstance(section, Criterion)]
    if numbers:
        listed = ", ".join(number_ranges(numbers))
        yield str(ngettext("Kriterium %(numbers)s", "Kriterien %(numbers)s", len(numbers), numbers=listed))


def number_ranges(numbers: Sequence[int]) -> list[str]:
    """Join rising numbers to ranges: 1–3, 5, 7–8."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]
