"""Writes the parts after the chapters of a Word document: ratings, overview, annex, glossary, imprint."""

from collections.abc import Iterator

from dnk_tool.report.files.word import markup
from dnk_tool.report.files.word.grid import WordCell, table
from dnk_tool.report.files.word.tables import fact_table, head_cell, label_cell, printed_table, text_cell
from dnk_tool.report.files.word.writer import DocxWriter
from dnk_tool.report.view.model import IndexRow
from dnk_tool.report.view.parts import DigestSection, LabelledText


def ratings(pen: DocxWriter) -> str:
    """The self-assessment by criterion; empty if the view has none."""
    if not pen.view.ratings:
        return ""
    _ = pen.gettext
    lead = _(
        "So schätzt das Unternehmen seinen Stand je Kriterium selbst ein, und das hat es sich vorgenommen."
    )
    parts = [
        pen.heading(1, _("Selbsteinschätzung"), "einschaetzung"),
        markup.paragraph("Lead", markup.run(lead)),
    ]
    heads = [head_cell(_("Kriterium")), head_cell(_("Stand")), head_cell(_("Nächste Schritte"))]
    for group in pen.view.ratings:
        rows = (
            (label_cell(row.title, row.number), text_cell(row.rating, pen), _lines(row.measures, pen))
            for row in group.rows
        )
        parts += [pen.heading(2, group.title), table(group.title, heads, rows, (34, 22, 44))]
    return "".join(parts)


def _lines(said: tuple[str, ...], pen: DocxWriter) -> WordCell:
    shown = "".join(
        markup.paragraph("CellText", markup.run(line, language=pen.foreign)) for line in said or ("–",)
    )
    return WordCell(shown, sum(map(len, said)))


def digest(digest_section: DigestSection, pen: DocxWriter) -> str:
    """A section of the short version or of the internal version, with its charts and tables."""
    parts = [
        pen.heading(1, digest_section.title, digest_section.anchor),
        markup.paragraph("Lead", markup.run(digest_section.lead)),
    ]
    for group in digest_section.groups:
        parts += [pen.heading(2, group.title)] if group.title else []
        parts += [pen.chart(each) for each in group.charts] + [
            printed_table(each, pen) for each in group.tables
        ]
        parts += [markup.paragraph("Normal", markup.run(group.note))] if group.note else []
    return "".join(parts)


def overview(pen: DocxWriter) -> str:
    """The counts of answers and the index of indicators; empty if the variant has neither."""
    view, _ = pen.view, pen.gettext
    if not (view.counts or view.index):
        return ""
    is_paged = any(row.anchor for row in view.index)
    title = _("Übersicht der Angaben") if view.counts else _("Leistungsindikatoren")
    parts = [pen.heading(1, title, "uebersicht")]
    if is_paged:
        lead = _(
            "Wie viele Aspekte und Leistungsindikatoren berichtet, begründet oder noch offen sind, und auf "
            "welcher Seite jeder Indikator steht."
        )
    elif view.counts:
        lead = _("Wie viele Aspekte und Leistungsindikatoren berichtet, begründet oder noch offen sind.")
    else:
        lead = _(
            "Welche Leistungsindikatoren berichtet werden. Die Angaben dazu stehen in der vollständigen "
            "Erklärung."
        )
    parts.append(markup.paragraph("Lead", markup.run(lead)))
    if view.counts:
        parts.append(_counts(title, pen))
    if view.index:
        parts += [pen.heading(2, _("Leistungsindikatoren"))] if view.counts else []
        parts.append(_index(pen, is_paged))
        parts += [markup.paragraph("Normal", markup.run(view.index_note))] if view.index_note else []
    return "".join(parts)


def _counts(title: str, pen: DocxWriter) -> str:
    _ = pen.gettext
    counted = (_("berichtet"), _("begründet"), _("offen"), _("gesamt"))
    heads = [head_cell(_("Bereich")), *(head_cell(head, is_number=True) for head in counted)]
    rows = (
        (
            label_cell(row.label),
            *(
                text_cell(count, pen, is_number=True)
                for count in (row.reported, row.explained, row.open, row.total)
            ),
        )
        for row in pen.view.counts
    )
    return table(title, heads, rows, (44, 14, 14, 14, 14))


def _index(pen: DocxWriter, is_paged: bool) -> str:
    _ = pen.gettext
    has_today = pen.view.has_today
    heads = [head_cell(_("Kennung")), head_cell(_("Leistungsindikator"))]
    heads += [head_cell(_("Heute"))] if has_today else []
    heads += [head_cell(_("Art der Angabe")), *([head_cell(_("Seite"), is_number=True)] if is_paged else [])]
    rows = (_index_row(row, pen, is_paged) for row in pen.view.index)
    code, title, today, status, page = (19, 33, 24, 15, 9) if has_today else (22, 50, 0, 18, 10)
    widths = (code, title, today, status, page) if is_paged else (code, title + page, today, status, 0)
    return table(_("Leistungsindikatoren"), heads, rows, tuple(width for width in widths if width))


def _index_row(row: IndexRow, pen: DocxWriter, is_paged: bool) -> list[WordCell]:
    title = markup.run(row.title)
    today = [text_cell(row.today, pen)] if pen.view.has_today else []
    if not is_paged:
        shown = WordCell(markup.paragraph("CellText", title), len(row.title))
        return [label_cell(row.code), shown, *today, text_cell(row.status_label, pen)]
    linked = WordCell(markup.paragraph("CellText", markup.link(pen.mark(row.anchor), title)), len(row.title))
    page = WordCell(markup.paragraph("CellNumber", pen.page_of(row.anchor)))
    return [label_cell(row.code), linked, *today, text_cell(row.status_label, pen), page]


def annex(pen: DocxWriter) -> str:
    """The annex: scope, earlier goals, explanations, calculations and evidence; empty if there is none."""
    annex_view, _ = pen.view.annex, pen.gettext
    if not annex_view:
        return ""
    lead = _("Was hinter den Angaben steht: Umfang, Rechenwege mit ihren Faktoren, Erläuterungen und Belege.")
    parts = [
        pen.heading(1, _("Anhang: wie die Zahlen entstanden sind"), "anhang"),
        markup.paragraph("Lead", markup.run(lead)),
    ]
    if annex_view.scope:
        parts += [pen.heading(2, _("Was die Zahlen umfassen")), *_entries(annex_view.scope, pen)]
    if annex_view.goals:
        parts += [pen.heading(2, _("Was aus früheren Zielen wurde")), *_goals(pen)]
    if annex_view.explanations:
        parts += [
            pen.heading(2, _("Erläuterungen zu einzelnen Zahlen")),
            *_entries(annex_view.explanations, pen),
        ]
    if annex_view.further:
        note = _("Diese Kennzahlen fragt der Standard nicht ab; das Unternehmen gibt sie zusätzlich an.")
        parts += [pen.heading(2, _("Weitere Kennzahlen")), markup.paragraph("Normal", markup.run(note))]
        parts += [printed_table(each, pen) for each in annex_view.further]
    if annex_view.calculations or annex_view.sums or annex_view.entries:
        parts += [pen.heading(2, _("Rechenwege")), *_calculations(pen)]
    parts += [printed_table(each, pen) for each in (*annex_view.sums, *annex_view.entries)]
    if annex_view.lists:
        note = _(
            "Viele Zeilen mit demselben Faktor stehen oben in einer Summe; hier steht jede mit ihrer Menge."
        )
        parts += [pen.heading(3, _("Zeilen im Einzelnen")), markup.paragraph("Normal", markup.run(note))]
        parts += [printed_table(each, pen) for each in annex_view.lists]
    if annex_view.evidence:
        note = _("Diese Unterlagen liegen beim Unternehmen vor.")
        parts += [pen.heading(2, _("Belege")), markup.paragraph("Normal", markup.run(note))]
        parts += [printed_table(each, pen) for each in annex_view.evidence]
    return "".join(parts)


def _entries(entries: tuple[LabelledText, ...], pen: DocxWriter) -> Iterator[str]:
    for entry in entries:
        yield pen.heading(3, entry.label) + pen.said(entry.prose)


def _goals(pen: DocxWriter) -> Iterator[str]:
    for goal in pen.view.annex.goals:
        yield pen.heading(3, goal.title) + pen.said(goal.goal)
        yield markup.paragraph("Normal", markup.run(goal.outcome, style="Strong"))
        for entry in goal.comments:
            yield markup.paragraph("Label", markup.run(entry.label)) + pen.said(entry.prose)


def _calculations(pen: DocxWriter) -> Iterator[str]:
    annex_view, _ = pen.view.annex, pen.gettext
    if annex_view.calculations:
        how = _(
            "Menge × Faktor = Ergebnis, Zeile für Zeile. Die Nummern nennen die Quelle des Faktors; er steht "
            "hier so, wie er verwendet wurde."
        )
        yield markup.paragraph("Normal", markup.run(how))
        if annex_view.potentials:
            yield markup.paragraph("Normal", markup.run(annex_view.potentials))
    for each in annex_view.calculations:
        yield printed_table(each.table, pen)
        if each.total:
            total = _("Ergibt zusammen: %(total)s") % {"total": each.total}
            yield markup.paragraph("Normal", markup.run(total, style="Strong"))
        if each.explanations:
            yield markup.paragraph("Label", markup.run(_("Erläuterung des Unternehmens")))
        for prose in each.explanations:
            yield pen.said(prose)
    if annex_view.sources:
        yield pen.heading(3, _("Quellen der Faktoren"))
        for number, source in enumerate(annex_view.sources, start=1):
            yield markup.paragraph("Normal", markup.run(f"[{number}] {source}"))


def glossary(pen: DocxWriter) -> str:
    """The terms that the document uses with their meanings; empty if there are none."""
    if not pen.view.glossary:
        return ""
    title, heads = pen.gettext("Begriffe und Abkürzungen"), (pen.gettext("Begriff"), pen.gettext("Bedeutung"))
    return pen.heading(1, title, "glossar") + fact_table(title, pen.view.glossary, pen, heads)


def imprint(pen: DocxWriter) -> str:
    """The data of this copy, the statements and the check address; empty if the view has no imprint."""
    if not pen.view.imprint:
        return ""
    title, heads = pen.gettext("Zu dieser Erklärung"), (pen.gettext("Angabe"), pen.gettext("Inhalt"))
    said = "".join(markup.paragraph("Normal", markup.run(statement)) for statement in pen.view.statements)
    if check := pen.view.check:
        address = markup.address_link(check.address, check.address_text)
        words = markup.run(check.title, style="Strong"), markup.run(f" {check.lead} "), address
        said += markup.paragraph("Normal", *words)
    publisher, *about = pen.view.imprint
    facts = (publisher, *pen.view.contact, *about)
    return pen.heading(1, title, "impressum") + said + fact_table(title, facts, pen, heads)
