"""Searches entries of the activity log by words, also in the contents that somebody changed."""

from collections.abc import Iterable
from dataclasses import replace

from dnk_tool.domain.text import truncated
from dnk_tool.domain.text_search import TextQuery, text_query
from dnk_tool.web.activity.lines import MAX_LENGTH, ActivityLogEntry, FieldChangeRow

MAX_LINES = 3


def fitting_entries(
    entries: Iterable[ActivityLogEntry], words: str, *, is_whole: bool = False
) -> list[ActivityLogEntry]:
    """The entries with all the words, those changes first that have one; shortened unless `is_whole`."""
    query = text_query(words)
    if not query.words:
        return list(entries)
    fitting = [entry for entry in entries if query.fits(*_texts(entry))]
    return fitting if is_whole else [_shortened(entry, query) for entry in fitting]


def _texts(entry: ActivityLogEntry) -> list[str]:
    changes = (text for line in entry.lines for text in (line.label, line.before, line.after))
    return [entry.who, entry.what, *entry.about, *changes]


def _shortened(entry: ActivityLogEntry, query: TextQuery) -> ActivityLogEntry:
    # Which line has a word comes first; the others tell what else was changed.
    ordered = sorted(entry.lines, key=lambda line: -query.count(f"{line.label} {line.before} {line.after}"))
    lines = tuple(
        FieldChangeRow(
            line.label, truncated(line.before, MAX_LENGTH), truncated(line.after, MAX_LENGTH), line.href
        )
        for line in ordered[:MAX_LINES]
    )
    return replace(entry, lines=lines, more=entry.more + len(ordered) - len(lines))
