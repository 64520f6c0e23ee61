"""Writes the parts before the chapters of a Word document: cover, contents, glance and general part."""

from collections.abc import Iterator, Sequence

from dnk_tool.report.files.word import markup
from dnk_tool.report.files.word.grid import WordCell, table
from dnk_tool.report.files.word.tables import fact_table, head_cell, label_cell, text_cell
from dnk_tool.report.files.word.writer import DocxWriter, PartWriter
from dnk_tool.report.view.model import DeclarationView
from dnk_tool.report.view.parts import LabelledText


def cover(pen: DocxWriter) -> str:
    """The cover: logo, company, title, year and the facts of this copy."""
    cover_view = pen.view.cover
    parts = [
        pen.logo(),
        markup.paragraph("Company", markup.run(cover_view.company)),
        *([markup.paragraph("Subtitle", markup.run(pen.view.mark))] if pen.view.mark else []),
        markup.paragraph("Title", markup.run(cover_view.title)),
        markup.paragraph("Subtitle", markup.run(cover_view.year)),
    ]
    for fact in cover_view.facts:
        value = markup.line_runs(fact.prose[0], pen.mark)
        parts.append(markup.paragraph("Fact", markup.run(fact.label, style="Strong"), markup.tab(), *value))
    return "".join(parts)


def notice(pen: DocxWriter) -> str:
    """The paragraphs that say what the variant leaves out and where to find it."""
    return "".join(markup.paragraph("Lead", markup.run(line)) for line in pen.view.notice)


def contents(pen: DocxWriter) -> str:
    """A table of contents as a field, with links as its content until the word processor updates it.

    It is not marked as outdated: Word would ask about "other files" when the document is opened. The pages
    are those of `page_layout` until Word counts them, when it prints or updates its fields.
    """
    return contents_of([*_contents_entries(pen)], pen)


def contents_of(entries: Sequence[tuple[int, str, str]], pen: PartWriter) -> str:
    """The contents of level, title and anchor of each heading."""
    lines = []
    for place, (level, title, anchor) in enumerate(entries):
        start = markup.begin_field(r'TOC \o "1-2" \h \z \u') if place == 0 else ""
        end = markup.end_field() if place == len(entries) - 1 else ""
        words = (markup.run(title), markup.tab(), pen.page_of(anchor))
        lines.append(markup.paragraph(f"TOC{level}", start, markup.link(pen.mark(anchor), *words), end))
    return _contents_control(
        markup.paragraph("TOCHeading", markup.run(pen.gettext("Inhalt"))) + "".join(lines)
    )


def _contents_control(paragraphs: str) -> str:
    """Wrap the contents in the control that Word itself uses, which has a button to update them."""
    return (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/><w:docPartUnique/>'
        f"</w:docPartObj></w:sdtPr><w:sdtContent>{paragraphs}</w:sdtContent></w:sdt>"
    )


def _contents_entries(pen: DocxWriter) -> Iterator[tuple[int, str, str]]:
    """Level, title and anchor of each heading in the order of the document."""
    _, view = pen.gettext, pen.view
    if view.foreword:
        yield 1, _("Vorwort"), "vorwort"
    yield 1, _("Auf einen Blick"), "blick"
    yield 1, view.general_title, "allgemein"
    for part in view.parts:
        yield 1, part.title, part.anchor
        for chapter in part.chapters:
            yield 2, f"{chapter.number} {chapter.title}".strip(), chapter.anchor
    yield from _back_matter_entries(view, pen)


def _back_matter_entries(view: DeclarationView, pen: DocxWriter) -> Iterator[tuple[int, str, str]]:
    _ = pen.gettext
    if view.ratings:
        yield 1, _("Selbsteinschätzung"), "einschaetzung"
    yield 1, _("Übersicht der Angaben"), "uebersicht"
    if view.annex:
        yield 1, _("Anhang: wie die Zahlen entstanden sind"), "anhang"
    if view.glossary:
        yield 1, _("Begriffe und Abkürzungen"), "glossar"
    yield 1, _("Zu dieser Erklärung"), "impressum"


def foreword(pen: DocxWriter) -> str:
    """The foreword with picture, name and function; empty if the view has none."""
    said = pen.view.foreword
    if not said:
        return ""
    parts = [pen.heading(1, pen.gettext("Vorwort"), "vorwort"), pen.portrait(), pen.said(said.prose)]
    if said.name:
        name = markup.run(said.name, style="Strong", language=pen.foreign)
        parts.append(markup.paragraph("Normal", name))
    if said.role:
        parts.append(markup.paragraph("Normal", markup.run(said.role, language=pen.foreign)))
    return "".join(parts)


def glance(pen: DocxWriter) -> str:
    """The page "at a glance": facts, key figures, goals and coverage; empty if the view has none."""
    _, glance_view = pen.gettext, pen.view.glance
    if not glance_view:
        return ""
    parts = [pen.heading(1, _("Auf einen Blick"), "blick")]
    if pen.view.foreword.lead:
        parts.append(markup.paragraph("Lead", markup.run(pen.view.foreword.lead, language=pen.foreign)))
    heads = _("Angabe"), _("Inhalt")
    if glance_view.facts:
        parts.append(fact_table(_("Auf einen Blick"), glance_view.facts, pen, heads, is_said=True))
    parts.append(pen.heading(2, f"{_('Kennzahlen')} {pen.view.cover.year}"))
    if glance_view.figures:
        rows = (
            (
                label_cell(figure.label),
                text_cell(f"{figure.value} {figure.unit}".strip(), pen, is_number=True),
                _details_cell(figure.quality, figure.before, figure.detail),
            )
            for figure in glance_view.figures
        )
        titles = [head_cell(_("Kennzahl")), head_cell(_("Wert"), is_number=True), head_cell(_("Dazu"))]
        parts.append(table(_("Kennzahlen"), titles, rows, (36, 26, 38)))
    legend = (glance_view.legend,) if glance_view.legend else ()
    below = (*legend, *glance_view.missing_figures)
    parts += [markup.paragraph("Legend", markup.run(line)) for line in below]
    if glance_view.goals or glance_view.goals_note:
        parts.append(pen.heading(2, _("Ziele")))
    if glance_view.goals:
        goal_rows = (
            (
                text_cell(goal.goal, pen, is_foreign=True),
                text_cell(goal.due, pen, is_foreign=True),
                text_cell(goal.status, pen, is_foreign=True),
                WordCell(
                    markup.paragraph(
                        "CellText", markup.link(pen.mark(goal.anchor), markup.run(goal.criterion))
                    )
                ),
            )
            for goal in glance_view.goals
        )
        titles = [head_cell(_("Ziel")), head_cell(_("bis")), head_cell(_("Stand")), head_cell(_("Kriterium"))]
        parts.append(table(_("Ziele"), titles, goal_rows, (50, 12, 24, 14)))
    if glance_view.goals_note:
        parts.append(markup.paragraph("Legend", markup.run(glance_view.goals_note)))
    if glance_view.has_coverage:
        parts += [pen.heading(2, _("Was berichtet und was begründet wird")), pen.chart(glance_view.coverage)]
    return "".join(parts)


def _details_cell(*said: str) -> WordCell:
    told = " \N{MIDDLE DOT} ".join(detail for detail in said if detail)
    return WordCell(markup.paragraph("CellText", markup.run(told)), len(told))


def general(pen: DocxWriter) -> str:
    """The general information: what the company does, a table of facts, and texts; empty if there is none."""
    general_view = pen.view.general
    if not general_view:
        return ""
    title, heads = pen.view.general_title, (pen.gettext("Angabe"), pen.gettext("Inhalt"))
    parts = [pen.heading(1, title, "allgemein"), *_texts(general_view.lead, pen)]
    if general_view.facts:
        parts.append(fact_table(title, general_view.facts, pen, heads, is_said=True))
    return "".join([*parts, *_texts(general_view.texts, pen)])


def _texts(entries: tuple[LabelledText, ...], pen: DocxWriter) -> Iterator[str]:
    for entry in entries:
        missing = markup.paragraph("Open", markup.run(pen.gettext("Noch nicht beantwortet")))
        yield pen.heading(2, entry.label) + (pen.said(entry.prose) or missing)
