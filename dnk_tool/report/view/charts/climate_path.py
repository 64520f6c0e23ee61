"""Builds the part of criterion 13 that shows the company's path to its climate goal, if it takes it in."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from dnk_tool.domain.declarations.climate_path import DeclaredPath, DeclaredYear
from dnk_tool.domain.measures.climate_goal import SCOPE3_WHOLE, Neutrality, Scope2Method, shown_decimals
from dnk_tool.domain.measures.path import shown_places
from dnk_tool.labels import stored_label
from dnk_tool.report.text.spoken import NO_VALUE
from dnk_tool.report.text.table_settings import TEXT_ROOM
from dnk_tool.report.text.typography import NO_BREAK
from dnk_tool.report.view.charts.bar_chart import alt_text, chart_style
from dnk_tool.report.view.charts.svg import Bar, BarGroup, bars
from dnk_tool.report.view.context import REPORTED, RenderContext
from dnk_tool.report.view.figures.company_tables import lay_out_table
from dnk_tool.report.view.parts import ChartView, PrintedTable, RequirementView, TableCell

CLIMATE_CRITERION = 13


def climate_path_view(source: RenderContext) -> RequirementView | None:
    """The path as goal and assumptions, picture and table; None in a declaration without one."""
    path, words = source.document.climate_path, source.words
    if path is None:
        return None
    title = words.gettext("Klimapfad bis %(year)s") % {"year": path.target_year}
    return RequirementView(
        anchor="klimapfad",
        number=str(CLIMATE_CRITERION),
        title=title,
        status=REPORTED,
        status_label=words.gettext("berichtet"),
        prose=(),
        reason="",
        fields=(),
        tables=(_assumptions(path, source), _years(path, source)),
        open_label="",
        charts=(_chart(path, source),),
    )


def _assumptions(path: DeclaredPath, source: RenderContext) -> PrintedTable:
    """What the goal is and what the path assumes, a row for each."""
    _, words = source.words.gettext, source.words
    ours = (
        (_("Ziel"), _goal(path, source)),
        (_("Aussicht"), _outlook(path, source)),
        (_("Was zählt"), _scope(path, source)),
        (_("Netzstrom"), _grid(path, source)),
        (_("Leitziel"), _neutral(path, source)),
    )
    theirs = (
        (_("Basisjahr neu berechnet"), words.printable_text(path.base_reason)),
        (_("Maßnahmen im Pfad"), "; ".join(words.printable_text(each) for each in path.measures)),
    )
    said = [(*row, True) for row in ours if row[1]] + [(*row, False) for row in theirs if row[1]]
    rows = tuple(
        (TableCell(label, False, True), TableCell(text, False, is_ours)) for label, text, is_ours in said
    )
    heads = (TableCell(_("Angabe"), False), TableCell(_("Inhalt"), False))
    return lay_out_table(_("Ziel und Annahmen"), heads, rows, room=TEXT_ROOM)


def _years(path: DeclaredPath, source: RenderContext) -> PrintedTable:
    _ = source.words.gettext
    names = (_("Jahr"), _("Ist"), _("Pfad"), _("Mit Maßnahmen"), _("Lücke"))
    heads = tuple(TableCell(name, place > 0) for place, name in enumerate(names))
    rows = tuple(
        tuple(TableCell(text, place > 0, True) for place, text in enumerate(_cells(each, path, source)))
        for each in path.years
    )
    return lay_out_table(_("Der Pfad in Tonnen CO₂e im Jahr"), heads, rows, room=TEXT_ROOM)


def _cells(each: DeclaredYear, path: DeclaredPath, source: RenderContext) -> Iterator[str]:
    yield str(each.year)
    for value in (each.actual, each.path, each.expected, _gap(each)):
        yield NO_VALUE if value is None else _number(value, path, source)


def _gap(each: DeclaredYear) -> Decimal | None:
    """What lies above the path; None where nothing is known."""
    value = each.actual if each.expected is None else each.expected
    return None if value is None else max(Decimal(0), value - each.path)


def _chart(path: DeclaredPath, source: RenderContext) -> ChartView:
    """Two bars a year: what was or is expected, and the path; at most nine years."""
    _, words = source.words.gettext, source.words
    places = shown_places([each.year for each in path.years], path.last_actual)
    groups = [_bars(path.years[place], path, source) for place in places]
    told = [
        f"{group.label}: " + ", ".join(f"{bar.label} {bar.text}{NO_BREAK}t" for bar in group.bars)
        for group in groups
    ]
    title = _("Ist, Erwartung und Pfad (t CO₂e)")
    return ChartView(title, bars(alt_text(title, told, []), groups, chart_style(words, "environment")))


def _bars(each: DeclaredYear, path: DeclaredPath, source: RenderContext) -> BarGroup:
    _ = source.words.gettext
    value, name = (each.actual, _("Ist")) if each.expected is None else (each.expected, _("erwartet"))
    text = _("keine Angabe") if value is None else _number(value, path, source)
    line = Bar(_("Pfad"), each.path, _number(each.path, path, source), tone=1)
    return BarGroup(str(each.year), (Bar(name, value, text), line))


def _goal(path: DeclaredPath, source: RenderContext) -> str:
    _ = source.words.gettext
    said = {
        "base": _tonnes(path.base, path, source),
        "base_year": path.base_year,
        "target": _tonnes(path.target, path, source),
        "year": path.target_year,
        "percent": source.words.number((path.percent or Decimal(0)).normalize() + 0),
    }
    if path.percent is None:
        return _("Höchstens %(target)s im Jahr %(year)s, nach %(base)s im Jahr %(base_year)s.") % said
    return _("%(percent)s %% weniger bis %(year)s: von %(base)s im Jahr %(base_year)s auf %(target)s.") % said


def _outlook(path: DeclaredPath, source: RenderContext) -> str:
    _ = source.words.gettext
    final = path.years[-1]
    gap, value = _gap(final), final.actual if final.expected is None else final.expected
    if value is None or gap is None:
        return ""
    said = {"year": final.year, "value": _tonnes(value, path, source), "gap": _tonnes(gap, path, source)}
    if final.expected is None:
        text = _("%(year)s waren es %(value)s.") % said
    else:
        text = _("Mit den beschlossenen Maßnahmen sind es %(year)s noch %(value)s.") % said
    return f"{text} {_('Es fehlen %(gap)s.') % said}" if gap else text


def _scope(path: DeclaredPath, source: RenderContext) -> str:
    _, words = source.words.gettext, source.words
    method = stored_label(Scope2Method, path.scope2, words.language)
    if not path.scope3:
        return _("Scope 1 und 2 (%(method)s), ohne Scope 3") % {"method": method}
    if SCOPE3_WHOLE in path.scope3:
        return _("Scope 1 und 2 (%(method)s) und das ganze Scope 3") % {"method": method}
    points = source.document.selection.catalogue.datapoints
    names = (words.catalogue_text(points[key].printed) if key in points else key for key in path.scope3)
    return _("Scope 1 und 2 (%(method)s), aus Scope 3: %(parts)s") % {
        "method": method,
        "parts": ", ".join(names),
    }


def _grid(path: DeclaredPath, source: RenderContext) -> str:
    _, words = source.words.gettext, source.words
    if path.grid is None:
        return _("Netzstrom bleibt in der Rechnung so, wie er in den letzten Kennzahlen ist.")
    start, end = path.grid
    return _(
        "Annahme des Unternehmens: Netzstrom sinkt gleichmäßig von %(start)s auf %(end)s kg CO₂e je kWh im "
        "Jahr %(year)s."
    ) % {"start": words.number(start), "end": words.number(end), "year": path.grid_year}


def _neutral(path: DeclaredPath, source: RenderContext) -> str:
    meaning = stored_label(Neutrality, path.neutrality, source.words.language)
    return f"{path.neutral_year} {meaning}." if path.neutral_year is not None and meaning else ""


def _tonnes(value: Decimal, path: DeclaredPath, source: RenderContext) -> str:
    return f"{_number(value, path, source)}{NO_BREAK}t"


def _number(value: Decimal, path: DeclaredPath, source: RenderContext) -> str:
    """The amount with as many decimals as fit the size of the company."""
    places = Decimal(1).scaleb(-shown_decimals(path.base))
    return source.words.number(value.quantize(places, rounding=ROUND_HALF_UP))
