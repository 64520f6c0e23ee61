"""The short form in place of the chapters: figures over the years, goals, and the criteria in brief."""

from collections.abc import Iterator

from dnk_tool.catalogue.model import Criterion, Datapoint, IndicatorBlock, Requirement
from dnk_tool.report.chapters import block_title
from dnk_tool.report.diagrams import charts_of
from dnk_tool.report.figures import NO_VALUE, change_label, quality_label
from dnk_tool.report.goals import earlier_goals, goals_note, goals_table
from dnk_tool.report.pieces import Digest, Group, TableView
from dnk_tool.report.requirements import EXPLAINED, OPEN, REPORTED, Source
from dnk_tool.report.stated import label_of, stated, worded
from dnk_tool.report.tables import cells, laid_out
from dnk_tool.report.typography import NO_BREAK

LONGEST_REASON = 240  # characters: about two lines of its column


def short_digests(source: Source) -> tuple[Digest, ...]:
    """The sections of the short form; one without content is left out."""
    return tuple(one for one in (_figures(source), _goals(source), _criteria(source)) if one.groups)


def _figures(source: Source) -> Digest:
    _ = source.words.gettext
    blocks = [one.block for one in source.document.selection.criteria if one.block]
    charts = tuple(chart for block in blocks for chart in charts_of(block, source))
    shown: set[str] = set()
    tables = tuple(table for block in blocks for table in _figures_of(block, shown, source))
    drawn = (Group("", charts=charts),) if charts else ()
    return Digest(
        "kennzahlen",
        _("Kennzahlen im Vergleich"),
        _("Alle Zahlen, die das Unternehmen zu den Leistungsindikatoren angibt."),
        (*drawn, Group(_("Zahlen im Einzelnen"), tables=tables)) if tables else drawn,
    )


def _figures_of(block: IndicatorBlock, shown: set[str], source: Source) -> Iterator[TableView]:
    """The figures of a block that have a value; each stands in the first block that asks for it."""
    words = source.words
    _ = words.gettext
    points = [item.datapoint for one in block.indicators for item in one.items if item.datapoint]
    fresh = {one.key: one for one in points if one.key not in shown and stated(one.key, source).quantity}
    shown.update(fresh)
    if not fresh:
        return
    years = [*source.sheets]
    kept = [years[0], *(y for y in years[1:] if any(stated(key, source, y).quantity for key in fresh))]
    rows = [_figure_row(one, kept, source) for one in fresh.values()]
    heads = (_("Kennzahl"), *map(str, kept), _("Veränderung"), _("Herkunft"))
    changes = 1 + len(kept)
    if all(row[changes] == NO_VALUE for row in rows):
        heads, rows = _without(changes, heads), [_without(changes, row) for row in rows]
    numbers = frozenset(range(1, len(heads) - 1))
    ours = frozenset(range(len(heads)))
    table = tuple(cells(row, numbers, ours) for row in rows)
    yield laid_out(block_title(block, source), cells(heads, numbers), table)


def _without(place: int, row: tuple[str, ...]) -> tuple[str, ...]:
    return (*row[:place], *row[place + 1 :])


def _figure_row(point: Datapoint, years: list[int], source: Source) -> tuple[str, ...]:
    found = [stated(point.key, source, year) for year in years]
    values = [worded(one.quantity, point, source) if one.quantity else NO_VALUE for one in found]
    before = stated(point.key, source, years[0] - 1).figure
    quality = quality_label(found[0].figure.quality, source.words)
    change = change_label(found[0].figure, before, point, source.words)
    return (label_of(point.key, source), *values, change, quality)


def _goals(source: Source) -> Digest:
    _ = source.words.gettext
    tables = (*goals_table(source), *earlier_goals(source))
    note = "" if tables else goals_note(source, is_short=True)
    return Digest(
        "ziele",
        _("Ziele und ihr Stand"),
        _("Was das Unternehmen sich vorgenommen hat und wie weit es ist."),
        (Group("", tables=tables, note=note),),
    )


def _criteria(source: Source) -> Digest:
    """Criterion by criterion what is reported, and why something is not."""
    words = source.words
    _ = words.gettext
    heads = cells((_("Kriterium"), _("Berichtet"), _("Nicht berichtet – Begründung")))
    groups = []
    for area in source.document.selection.catalogue.areas:
        asked = [one for one in source.document.selection.criteria if one.area == area.key]
        rows = tuple(cells(_criterion_row(one, source), ours=frozenset({0, 1})) for one in asked)
        if rows:
            table = laid_out(words.of(area.title), heads, rows)
            groups.append(Group("", tables=(table,)))
    return Digest(
        "kriterien",
        _("Kriterium für Kriterium"),
        _(
            "Wie viele Aspekte und Leistungsindikatoren berichtet werden, und die Begründung, wo das "
            "Unternehmen nicht berichtet. Längere Begründungen sind mit … gekürzt; sie stehen wie alle Texte "
            "in der vollständigen Erklärung."
        ),
        tuple(groups),
    )


def _criterion_row(criterion: Criterion, source: Source) -> tuple[str, ...]:
    words = source.words
    asked = criterion.all_requirements
    statuses = [source.status(one) for one in asked]
    reported = words.gettext("%(count)s von %(all)s") % {
        "count": statuses.count(REPORTED),
        "all": len(asked),
    }
    reasons = [_reason(one, source) for one in asked if source.status(one) == EXPLAINED]
    missing = statuses.count(OPEN)
    if missing:
        reasons.append(words.gettext("noch offen: %(count)s") % {"count": missing})
    return (
        f"{criterion.number}{NO_BREAK}{words.of(criterion.title)}",
        reported.replace(" ", NO_BREAK),
        "\n".join(reasons) or NO_VALUE,
    )


def _reason(requirement: Requirement, source: Source) -> str:
    """Which aspect or indicator is not reported, and why: as a choice where one was made, and in words."""
    words, answer = source.words, source.sheet.answer(requirement.ref)
    chosen = words.choice(source.document.selection.catalogue.reasons, answer.reason) if answer.reason else ""
    said = words.said(shortened(answer.explanation, LONGEST_REASON))
    called = getattr(requirement, "code", requirement.ref)
    return f"{called}: {' – '.join(one for one in (chosen, said) if one)}"


def shortened(text: str, longest: int) -> str:
    """The text in one paragraph, cut between words with an ellipsis where it is longer."""
    plain = " ".join(text.split())
    if len(plain) <= longest:
        return plain
    kept = plain[: longest - 1]
    whole = kept.rpartition(" ")[0] or kept
    return f"{whole.rstrip(' ,;:–-')} …"
