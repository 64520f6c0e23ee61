"""Builds the short version: goals, figures over the years, and the criteria in brief."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.catalogue.standard.model import Criterion, IndicatorBlock, Requirement
from dnk_tool.report.text.marked_text import without_signs
from dnk_tool.report.text.spoken import NO_VALUE
from dnk_tool.report.text.typography import NO_BREAK
from dnk_tool.report.view.at_a_glance import coverage_chart
from dnk_tool.report.view.chapters import block_title
from dnk_tool.report.view.charts.by_indicator import charts_of
from dnk_tool.report.view.context import EXPLAINED, OPEN, REPORTED, RenderContext
from dnk_tool.report.view.figures.base_year import base_year_text, is_of_base_year
from dnk_tool.report.view.figures.company_tables import aligned_tables, row_cells
from dnk_tool.report.view.figures.field_tables import (
    change_label,
    entered_otherwise,
    percentage_point_legend,
    quality_label,
)
from dnk_tool.report.view.figures.status import figure_label, reported_figure, value_with_unit, values_by_year
from dnk_tool.report.view.figures.zero_rows import (
    LEAST_FOLDED,
    ZeroFigure,
    zero_figure,
    zero_years,
    zeros_text,
)
from dnk_tool.report.view.goals import earlier_goals_table, goals_note, goals_table
from dnk_tool.report.view.parts import DigestGroup, DigestSection, PrintedTable, TableCell

YEARS = 2  # the charts show more
LONGEST_REASON = 240  # characters: about four lines of its column
CRITERIA_WIDTHS = (31.0, 11.0, 58.0)  # per cent: the reasons are what is long


def short_digests(source: RenderContext) -> tuple[DigestSection, ...]:
    """The sections of the short version, without empty ones."""
    return tuple(
        section for section in (_goals(source), _figures(source), _criteria(source)) if section.groups
    )


def _figures(source: RenderContext) -> DigestSection:
    _ = source.words.gettext
    blocks = [criterion.block for criterion in source.document.selection.criteria if criterion.block]
    wide = replace(source, has_wide_charts=True)
    charts = tuple(chart for block in blocks for chart in charts_of(block, wide))
    drawn = (DigestGroup(charts=charts),) if charts else ()
    below = _base_year_lines(blocks, source)
    tables = tuple(
        replace(table, below=" ".join(filter(None, (below.get(table.caption), table.below))))
        for table in _tables(_points_by_block(blocks, source), source)
    )
    changes = (cell.text for table in tables for row in table.rows for cell in row if cell.is_number)
    legend = percentage_point_legend(changes, source.words)
    return DigestSection(
        "kennzahlen",
        _("Kennzahlen im Vergleich"),
        _("Alle Zahlen, die das Unternehmen zu den Leistungsindikatoren angibt."),
        (*drawn, DigestGroup(_("Zahlen im Einzelnen"), tables=tables, note=legend)) if tables else drawn,
    )


def _points_by_block(blocks: list[IndicatorBlock], source: RenderContext) -> dict[str, list[Datapoint]]:
    """The figures with a value by the title of the first block that asks for them."""
    points_by_block: dict[str, list[Datapoint]] = {}
    shown: set[str] = set()
    for block in blocks:
        for item in (item for indicator in block.indicators for item in indicator.items):
            point = item.datapoint
            if point and point.key not in shown and reported_figure(point.key, source).quantity:
                shown.add(point.key)
                points = points_by_block.setdefault(block_title(block, source), [])
                points += [] if is_of_base_year(item) else [point]
    return points_by_block


def _base_year_lines(blocks: list[IndicatorBlock], source: RenderContext) -> dict[str, str]:
    """What stands below the table of a block, by its title: values of the year that is compared with."""
    lines: dict[str, list[str]] = {}
    for block in blocks:
        for indicator, item in ((each, item) for each in block.indicators for item in each.items):
            point = item.datapoint if is_of_base_year(item) else None
            if point and (figure := reported_figure(point.key, source)).quantity:
                quality = quality_label(figure.figure, source.words)
                said = base_year_text(point, indicator, source.sheet, quality, source.words)
                lines.setdefault(block_title(block, source), []).append(
                    f"{figure_label(point.key, source)}: {said}."
                )
    return {title: " ".join(each) for title, each in lines.items()}


def _tables(by_block: dict[str, list[Datapoint]], source: RenderContext) -> tuple[PrintedTable, ...]:
    """One table per block, all with the same columns; years without any value are left out."""
    _ = source.words.gettext
    now, *earlier = list(source.sheets)[:YEARS]
    points = [point for each in by_block.values() for point in each]
    years = [
        now,
        *(y for y in earlier if any(reported_figure(point.key, source, y).quantity for point in points)),
    ]
    heads = (_("Kennzahl"), *map(str, years), _("Veränderung"), _("Herkunft"))
    kept = [at for at in range(len(heads)) if len(years) > 1 or at != len(heads) - 2]
    numbers = frozenset(range(1, len(kept) - 1))

    def row(texts: tuple[str, ...]) -> tuple[TableCell, ...]:
        return row_cells([texts[at] for at in kept], numbers, frozenset(range(len(kept))))

    zeros = {title: _zeros(each, years, source) for title, each in by_block.items()}
    captioned = [
        (
            title,
            tuple(row(_figure_row(point, years, source)) for point in each if point.key not in zeros[title]),
        )
        for title, each in by_block.items()
    ]
    return tuple(
        replace(table, below=_zeros_line(zeros[table.caption], source))
        for table in aligned_tables(row(heads), captioned)
    )


def _zeros(points: list[Datapoint], years: list[int], source: RenderContext) -> dict[str, ZeroFigure]:
    """The figures that are zero in the same years and share a line below the table; one alone has a row."""
    zeros = {}
    for point in points:
        figures = {year: reported_figure(point.key, source, year).figure for year in years}
        if of := zero_years(point, figures, source.sheets):
            said = (quality_label(figures[year], source.words) for year in of)
            zeros[point.key] = zero_figure("", figure_label(point.key, source), said, of)
    alike = Counter(zero.years for zero in zeros.values())
    return {key: zero for key, zero in zeros.items() if alike[zero.years] >= LEAST_FOLDED}


def _zeros_line(zeros: dict[str, ZeroFigure], source: RenderContext) -> str:
    by_years: dict[tuple[int, ...], list[ZeroFigure]] = {}
    for zero in zeros.values():
        by_years.setdefault(zero.years, []).append(zero)
    return " ".join(f"{zeros_text(each, [*_names(each)], source.words)}." for each in by_years.values())


def _names(zeros: Iterable[ZeroFigure]) -> Iterator[str]:
    """What has no group, then each group with its name before the first that belongs to it."""
    by_group: dict[str, list[str]] = {"": []}
    for zero in zeros:
        by_group.setdefault(zero.group, []).append(zero.label)
    for group, labels in by_group.items():
        yield from (f"{group}: {label}" if group and not at else label for at, label in enumerate(labels))


def _figure_row(point: Datapoint, years: list[int], source: RenderContext) -> tuple[str, ...]:
    values = values_by_year(point.key, source)
    shown = (values[year].shown for year in years)
    texts = [value_with_unit(quantity, point, source) if quantity else NO_VALUE for quantity in shown]
    now = reported_figure(point.key, source, years[0]).figure
    before = reported_figure(point.key, source, years[0] - 1).figure
    quality = quality_label(now, source.words) or NO_VALUE
    change = change_label(now, before, point, source.words)
    entered = entered_otherwise({year: values[year] for year in years}, point, source.words)
    return ("\n".join((figure_label(point.key, source), *entered)), *texts, change, quality)


def _goals(source: RenderContext) -> DigestSection:
    _ = source.words.gettext
    tables = (*goals_table(source), *earlier_goals_table(source))
    note = "" if tables else goals_note(source, is_short=True)
    return DigestSection(
        "ziele",
        _("Ziele und ihr Stand"),
        _("Was das Unternehmen sich vorgenommen hat und wie weit es ist."),
        (DigestGroup(tables=tables, note=note),),
    )


def _criteria(source: RenderContext) -> DigestSection:
    """The criteria with the number of reported requirements and the explanations of the others."""
    words = source.words
    _ = words.gettext
    areas = source.document.selection.catalogue.areas
    asked = {
        area.key: [c for c in source.document.selection.criteria if c.area == area.key] for area in areas
    }
    ours = frozenset({0, 1})
    captioned = [
        (
            words.catalogue_text(area.title),
            tuple(row_cells(_criterion_row(c, source), ours=ours) for c in asked[area.key]),
        )
        for area in areas
        if asked[area.key]
    ]
    heads = row_cells((_("Kriterium"), _("Berichtet"), _("Nicht berichtet – Begründung")))
    keys = [area.key for area in areas if asked[area.key]]
    tables = tuple(
        replace(aligned_table, widths=CRITERIA_WIDTHS) for aligned_table in aligned_tables(heads, captioned)
    )
    return DigestSection(
        "kriterien",
        _("Kriterium für Kriterium"),
        _(
            "Wie viele Aspekte und Leistungsindikatoren berichtet werden, und die Begründung, wo das "
            "Unternehmen nicht berichtet. Längere Begründungen sind mit … gekürzt; sie stehen wie alle Texte "
            "in der vollständigen Erklärung."
        ),
        (
            DigestGroup(charts=(coverage_chart(source),)),
            *(DigestGroup(tables=(table,), key=key) for table, key in zip(tables, keys, strict=True)),
        ),
    )


def _criterion_row(criterion: Criterion, source: RenderContext) -> tuple[str, ...]:
    words = source.words
    asked = criterion.all_requirements
    statuses = [source.status(requirement) for requirement in asked]
    reported = words.gettext("%(count)s von %(all)s") % {"count": statuses.count(REPORTED), "all": len(asked)}
    reasons = [
        _explanation_text(requirement, source)
        for requirement in asked
        if source.status(requirement) == EXPLAINED
    ]
    missing = statuses.count(OPEN)
    if missing:
        reasons.append(words.gettext("noch offen: %(count)s") % {"count": missing})
    return (
        f"{criterion.number}{NO_BREAK}{words.catalogue_text(criterion.title)}",
        reported.replace(" ", NO_BREAK),
        "\n".join(reasons) or NO_VALUE,
    )


def _explanation_text(requirement: Requirement, source: RenderContext) -> str:
    """The code of an explained requirement with the chosen reason and the explanation, shortened."""
    words, answer = source.words, without_signs(source.sheet.answer(requirement.ref))
    chosen = words.choice(source.document.selection.catalogue.reasons, answer.reason) if answer.reason else ""
    said = words.printable_text(truncate_words(answer.explanation, LONGEST_REASON))
    called = getattr(requirement, "code", requirement.ref)
    return f"{called}: {' – '.join(part for part in (chosen, said) if part)}"


def truncate_words(text: str, longest: int) -> str:
    """The text in one paragraph, cut between words with an ellipsis at `longest` characters."""
    plain = " ".join(text.split())
    if len(plain) <= longest:
        return plain
    kept = plain[: longest - 1]
    whole = kept.rpartition(" ")[0] or kept
    return f"{whole.rstrip(' ,;:–-')} …"
