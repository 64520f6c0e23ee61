"""Writes what changed since the year before: over the same companies, or beside the earlier release."""

from dnk_tool.domain.aggregates.model import ReleasedNumber, Statistic
from dnk_tool.report.view.cluster.model import ReportGroup
from dnk_tool.report.view.cluster.words import ReportWords


def year_before(words: ReportWords) -> ReportGroup:
    """Both years over the same companies: what was released for them."""
    _, released = words.gettext, words.released
    matched = released.matched if released else {}
    ordered = dict.fromkeys((*(it.figure for it in words.shown(Statistic.SUM)), *matched))
    pairs = [matched[key] for key in ordered if key in matched]
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
