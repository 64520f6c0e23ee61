"""Writes the chapter on released numbers: sums, the year before, Scope 3, rates, what is withheld."""

from collections.abc import Iterable, Mapping, Sequence

from dnk_tool.domain.aggregates.model import (
    ALL_MEMBERS,
    Difference,
    PerUnit,
    ReleaseContent,
    ReleasedNumber,
    Statistic,
)
from dnk_tool.labels import N_
from dnk_tool.language import format_long_date, local_day
from dnk_tool.report.view.cluster.model import ReportChapter, ReportGroup
from dnk_tool.report.view.cluster.words import ReportWords

SCOPE_3 = "ghg.scope3.gross"
GROUP_FIGURES = ("energy.total", "ghg.scope1.gross", "ghg.scope2.location", "waste.total")
STATISTICS = {
    Statistic.SUM: N_("Summe"),
    Statistic.MIDDLE: N_("Mitte"),
    Statistic.RATE: N_("Quote"),
}
DIFFERENCES = {
    Difference.BOUNDARY: N_("andere Grenze, etwa ohne einen Standort"),
    Difference.GASES: N_("andere Gase"),
    Difference.ESTIMATED: N_("geschätzt"),
}


def numbers_chapter(words: ReportWords) -> ReportChapter | None:
    """The chapter on numbers; None without a release."""
    _, released = words.gettext, words.released
    if released is None or words.content.release is None:
        return None
    groups = (
        _sums(words),
        year_before(words),
        _scope_3(words, released),
        _rates(words),
        _middles(words),
        _groups(words, released),
        _coverage(words, released),
        withheld(words, released.numbers),
    )
    day = format_long_date(local_day(words.content.release.released_at), words.words.language)
    lead = _(
        "Zahlen aus der Freigabe vom %(day)s. Jede nennt, aus wie vielen Unternehmen sie kommt, und ist auf "
        "zwei Stellen gerundet."
    )
    return ReportChapter(
        "zahlen",
        _("Gemeinsame Zahlen"),
        tuple(group for group in groups if group),
        lead=lead % {"day": day},
    )


def _sums(words: ReportWords) -> ReportGroup:
    _, shown = words.gettext, words.shown(Statistic.SUM)
    if not shown:
        return ReportGroup(
            _("Summen"), (_("Zu keiner Kennzahl reichen die Angaben für eine Summe. Unten steht, warum."),)
        )
    caption = _("Summen %(year)s") % {"year": words.year}
    rows = [(words.figure(it.figure), words.number(it), words.sources(it)) for it in shown]
    heads = (_("Kennzahl"), _("Summe"), _("aus Unternehmen"))
    return ReportGroup(_("Summen"), tables=(words.table(caption, heads, rows, (1, 2)),))


def year_before(words: ReportWords) -> ReportGroup:
    """Both years over the same companies: what was released for them."""
    _, released = words.gettext, words.released
    pairs = released.matched.values() if released else ()
    rows = [
        (words.figure(now.figure), words.number(before), words.number(now), words.sources(now))
        for before, now in pairs
        if before.is_shown and now.is_shown
    ]
    title = _("Dieselben Unternehmen im Jahr davor")
    if not rows:
        return _earlier_release(words) or ReportGroup(title, (no_year_before(words),))
    heads = (_("Kennzahl"), str(words.year - 1), str(words.year), _("aus Unternehmen"))
    note = _(
        "Nur Unternehmen, die in beiden Jahren dabei sind. Ob sich die Zahlen wegen der Wirtschaftslage, "
        "des Wetters oder durch Maßnahmen ändern, sagt der Vergleich nicht."
    )
    caption = _("Dieselben Unternehmen, %(before)s und %(year)s") % {
        "before": words.year - 1,
        "year": words.year,
    }
    return ReportGroup(title, tables=(words.table(caption, heads, rows, (1, 2, 3)),), notes=(note,))


def other_companies(words: ReportWords) -> list[tuple[ReleasedNumber, ReleasedNumber]]:
    """Sums of the release of the year before beside those of this one, over other companies."""
    earlier = words.content.earlier
    pairs = [
        (earlier.content.number(now.figure, Statistic.SUM), now)
        for now in (words.shown(Statistic.SUM) if earlier else ())
        if earlier
    ]
    return [(before, now) for before, now in pairs if before and before.is_shown]


def _earlier_release(words: ReportWords) -> ReportGroup:
    _ = words.gettext
    rows = [
        (
            words.figure(now.figure),
            words.number(before),
            words.sources(before),
            words.number(now),
            words.sources(now),
        )
        for before, now in other_companies(words)
    ]
    if not rows:
        return ReportGroup("")
    years = {"before": words.year - 1, "year": words.year}
    heads = (_("Kennzahl"), str(words.year - 1), _("aus Unternehmen"), str(words.year), _("aus Unternehmen"))
    note = _(
        "Nicht dieselben Unternehmen: Die Summen ändern sich auch, weil Unternehmen dazukamen oder gingen. "
        "Wie sich dieselben Unternehmen entwickelt haben, lässt sich nicht zeigen, ohne einzelne zu "
        "verraten."
    )
    table = words.table(_("Freigaben %(before)s und %(year)s") % years, heads, rows, (1, 2, 3, 4))
    return ReportGroup(_("Die Freigabe des Jahres davor"), tables=(table,), notes=(note,))


def no_year_before(words: ReportWords) -> str:
    """Why two years are not compared."""
    said = words.gettext(
        "Mit %(before)s lässt sich noch nicht vergleichen: Dafür müssen dieselben Unternehmen in beiden "
        "Jahren dabei sein, und genug, damit niemand erkennbar wird."
    )
    return said % {"before": words.year - 1}


def _scope_3(words: ReportWords, released: ReleaseContent) -> ReportGroup:
    said = scope_3_sentences(words, released)
    return ReportGroup(words.gettext("Treibhausgase der Lieferkette (Scope 3)"), said)


def scope_3_sentences(words: ReportWords, released: ReleaseContent) -> tuple[str, ...]:
    """How many report Scope 3, and its middle value; never a sum."""
    _, coverage = words.gettext, released.coverage_of(SCOPE_3)
    if coverage is None:
        return ()
    many = _(
        "%(reported)s von %(members)s Unternehmen rechnen Scope 3, %(explained)s erklären, warum nicht."
    ) % {
        "reported": words.count(coverage.reported),
        "members": words.count(coverage.members),
        "explained": words.count(coverage.explained),
    }
    why = _(
        "Eine Summe bilden wir nicht: Was bei dem einen Lieferkette ist, hat ein anderer schon als eigenen "
        "Ausstoß gezählt."
    )
    middle = released.number(SCOPE_3, Statistic.MIDDLE)
    if middle is None or not middle.is_shown:
        return many, why
    said = _("In der Mitte liegen %(value)s je Unternehmen, %(companies)s.")
    values = {"value": words.number(middle), "companies": words.from_companies(middle.companies)}
    return many, said % values, why


def _rates(words: ReportWords) -> ReportGroup:
    _ = words.gettext
    rows = [
        (words.figure(it.figure), words.number(it), words.sources(it)) for it in words.shown(Statistic.RATE)
    ]
    if not rows:
        return ReportGroup("")
    heads = (_("Kennzahl"), _("Quote"), _("aus Unternehmen"))
    note = _("Eine Summe geteilt durch eine Summe, über die Unternehmen, die jeden Teil angeben.")
    return ReportGroup(
        _("Quoten"),
        tables=(words.table(_("Quoten %(year)s") % {"year": words.year}, heads, rows, (1, 2)),),
        notes=(note,),
    )


def _middles(words: ReportWords) -> ReportGroup:
    _ = words.gettext
    rows = [
        (words.figure(it.figure), words.per(it.per), words.number(it), words.sources(it))
        for it in sorted(words.shown(Statistic.MIDDLE), key=lambda it: [*PerUnit].index(it.per))
    ]
    if not rows:
        return ReportGroup("")
    heads = (_("Kennzahl"), _("bezogen auf"), _("Mitte"), _("aus Unternehmen"))
    note = _(
        "Die Mitte ist der Mittelwert der drei oder vier mittleren Unternehmen, nur über vergleichbare "
        "Angaben. Sie ist kein Ziel und keine Note."
    )
    table = words.table(_("Mitte %(year)s, je Kennzahl") % {"year": words.year}, heads, rows, (2, 3))
    return ReportGroup(_("Mitte der Unternehmen"), tables=(table,), notes=(note,))


def _groups(words: ReportWords, released: ReleaseContent) -> ReportGroup:
    """Sums of the sections and size classes, in the order of the release."""
    _ = words.gettext
    found = dict.fromkeys(it.group for it in released.numbers if it.group != ALL_MEMBERS)
    rows = []
    for group in found:
        cells = [words.shown(Statistic.SUM, (figure,), group) for figure in GROUP_FIGURES]
        if any(cells):
            rows.append((words.group(group), *(_with_count(words, cell) for cell in cells)))
    if not rows:
        return ReportGroup("")
    heads = (_("Gruppe"), *(words.figure(figure) for figure in GROUP_FIGURES))
    note = _(
        "In Klammern steht, aus wie vielen Unternehmen die Summe kommt. Ein Strich heißt: wird nicht gezeigt."
    )
    table = words.table(
        _("Summen %(year)s in Gruppen") % {"year": words.year}, heads, rows, range(1, len(heads))
    )
    return ReportGroup(_("Summen nach Branche und Größe"), tables=(table,), notes=(note,))


def _with_count(words: ReportWords, cell: Sequence[ReleasedNumber]) -> str:
    return f"{words.number(cell[0])} ({words.sources(cell[0])})" if cell else "–"


def _coverage(words: ReportWords, released: ReleaseContent) -> ReportGroup:
    _ = words.gettext
    rows = [
        (
            words.figure(it.figure),
            *(words.count(count) for count in (it.reported, it.explained, it.missing, it.comparable)),
            _why_not(words, it.differences),
        )
        for it in released.coverage
    ]
    if not rows:
        return ReportGroup("")
    heads = (
        _("Kennzahl"),
        _("berichtet"),
        _("erklärt"),
        _("fehlt"),
        _("vergleichbar"),
        _("warum andere nicht"),
    )
    note = _(
        "Zahl der Unternehmen, von %(members)s mit abgeschlossener Erklärung. Was erklärt ist oder fehlt, "
        "zählt nirgends als null."
    )
    table = words.table(_("Zahl der Unternehmen je Kennzahl"), heads, rows, (1, 2, 3, 4))
    return ReportGroup(
        _("Wer welche Kennzahl angibt"),
        tables=(table,),
        notes=(note % {"members": words.count(released.members)},),
    )


def _why_not(words: ReportWords, differences: Mapping[Difference, int]) -> str:
    parts = [
        f"{words.count(differences[each])} {words.gettext(said)}"
        for each, said in DIFFERENCES.items()
        if differences.get(each)
    ]
    return ", ".join(parts) or "–"


def withheld(words: ReportWords, numbers: Iterable[ReleasedNumber]) -> ReportGroup:
    """The numbers that a rule hides, each with the rule."""
    _ = words.gettext
    rows = [
        (
            words.figure(it.figure),
            _(STATISTICS[it.statistic]) + _behind(words, it),
            words.sources(it),
            words.rule(it.rule),
        )
        for it in numbers
        if not it.is_shown
    ]
    if not rows:
        return ReportGroup("")
    heads = (_("Kennzahl"), _("Zahl"), _("aus Unternehmen"), _("Regel"))
    table = words.table(_("Nicht gezeigte Zahlen und ihre Regel"), heads, rows, (2,))
    said = _("Diese Zahlen zeigen wir nicht, weil sonst ein einzelnes Unternehmen zu erkennen wäre.")
    return ReportGroup(_("Was wir nicht zeigen"), (said,), tables=(table,))


def _behind(words: ReportWords, number: ReleasedNumber) -> str:
    parts = [words.per(number.per)] if number.statistic is Statistic.MIDDLE else []
    parts += [words.group(number.group)] if number.group != ALL_MEMBERS else []
    return "".join(f", {part}" for part in parts)
