"""Writes the last chapters: method, rules, factors, and what is missing."""

from collections.abc import Iterator

from dnk_tool.report.view.cluster.model import ReportChapter, ReportGroup
from dnk_tool.report.view.cluster.words import ReportWords


def method_chapter(words: ReportWords) -> ReportChapter:
    """The chapter on method, rules and factors."""
    groups = (_sources(words), _rules(words), _factors(words), _comparison(words))
    return ReportChapter(
        "methode", words.gettext("Wie die Zahlen entstehen"), tuple(group for group in groups if group)
    )


def _sources(words: ReportWords) -> ReportGroup:
    _ = words.gettext
    said = (
        _(
            "Die Zahlen stammen aus den Erklärungen, die Unternehmen nach den 20 Kriterien des DNK "
            "schreiben. Es zählen nur abgeschlossene Fassungen von Unternehmen, die dem zugestimmt haben. "
            "Wer nicht zustimmt, hat keinen Nachteil."
        ),
        _(
            "Eingereichte Erklärungen prüft das Cluster darauf, ob sie formal vollständig sind. Ob die "
            "Angaben stimmen, ist nicht Teil der Prüfung."
        ),
        _(
            "Jede Zahl ist auf zwei Stellen gerundet und nennt, aus wie vielen Unternehmen sie kommt. Die "
            "Zahl eines einzelnen Unternehmens, die kleinste und die größte zeigen wir nie."
        ),
    )
    left = _left(words)
    return ReportGroup(_("Woher die Zahlen kommen"), (*said, *left))


def _left(words: ReportWords) -> tuple[str, ...]:
    """How many companies have taken back their consent since the release."""
    release = words.content.release
    if release is None or not release.left:
        return ()
    said = words.ngettext(
        "Seit der Freigabe hat %(num)s Unternehmen seine Zustimmung zurückgezogen. Seine Angaben sind "
        "gelöscht; die freigegebenen Summen bleiben, wie sie sind.",
        "Seit der Freigabe haben %(num)s Unternehmen ihre Zustimmung zurückgezogen. Ihre Angaben sind "
        "gelöscht; die freigegebenen Summen bleiben, wie sie sind.",
        release.left,
    )
    return (said,)


def _rules(words: ReportWords) -> ReportGroup:
    _ = words.gettext
    rules = words.content.rules
    rows = [
        (words.words.bound_text(each.title), words.words.bound_text(each.text))
        for each in rules.explanations.values()
    ]
    table = words.table(
        _("Regeln, die einzelne Unternehmen schützen"), (_("Regel"), _("Was sie sagt")), rows, ()
    )
    released = words.released
    edition = released.rules if released else rules.edition
    note = _("Ausgabe der Regeln: %(edition)s.") % {"edition": edition}
    return ReportGroup(_("Regeln"), tables=(table,), notes=(note,))


def _factors(words: ReportWords) -> ReportGroup:
    _ = words.gettext
    if not words.content.factors:
        return ReportGroup("")
    said = _(
        "Treibhausgase rechnen die Unternehmen aus Mengen und Faktoren. Welcher Faktor in einer Zahl "
        "steckt, steht im Anhang der einzelnen Erklärung. Zur Wahl stehen diese Ausgaben:"
    )
    table = words.table(
        _("Faktoren für Treibhausgase"), (_("Quelle"), _("Ausgabe")), words.content.factors, ()
    )
    return ReportGroup(_("Faktoren"), (said,), tables=(table,))


def _comparison(words: ReportWords) -> ReportGroup:
    _ = words.gettext
    said = _(
        "Mit anderen verglichen werden nur Angaben mit gleicher Grenze, gleichen Gasen und ohne Schätzung. "
        "In Summen zählen auch die übrigen. Für zwei Jahre zählen nur Unternehmen, die in beiden dabei sind."
    )
    return ReportGroup(_("Was vergleichbar ist"), (said,))


def missing_chapter(words: ReportWords) -> ReportChapter:
    """The chapter on what the report does not know."""
    return ReportChapter(
        "fehlt",
        words.gettext("Was in diesem Bericht fehlt"),
        (ReportGroup("", tuple(missing_sentences(words, in_full=True))),),
    )


def missing_sentences(words: ReportWords, *, in_full: bool = False) -> Iterator[str]:
    """What is not known, from the greatest gap to the smallest. `in_full`: names figures, not their count."""
    _, content, released = words.gettext, words.content, words.released
    known = content.participation
    if released is None:
        yield _(
            "Für %(year)s gibt es noch keine Freigabe von Zahlen. Deshalb steht in diesem Entwurf keine "
            "Summe."
        ) % {"year": words.year}
    elif (outside := known.members - released.members + (content.release.left if content.release else 0)) > 0:
        yield _(
            "Nicht in den Zahlen: %(count)s von %(members)s Mitgliedern. Dafür fehlt eine abgeschlossene "
            "Erklärung oder die Zustimmung. Was fehlt, zählt nicht als null."
        ) % {"count": words.count(outside), "members": words.count(known.members)}
    hidden = [it for it in released.numbers if words.is_withheld(it)] if released else []
    if hidden:
        yield words.ngettext(
            "%(num)s Zahl zeigen wir nicht, um einzelne Unternehmen zu schützen.",
            "%(num)s Zahlen zeigen wir nicht, um einzelne Unternehmen zu schützen.",
            len(hidden),
        )
    yield from _unreported(words, in_full=in_full)
    if content.goal is None:
        yield _("Ein gemeinsames Ziel hat sich das Cluster noch nicht gesetzt.")
    yield _("Ob die Angaben der Unternehmen stimmen, hat für diesen Bericht niemand geprüft.")


def _unreported(words: ReportWords, *, in_full: bool) -> Iterator[str]:
    """Which figures, or how many, no member of the release reports."""
    released = words.released
    figures = dict.fromkeys(it.figure for it in released.numbers) if released else {}
    keys = [key for key in figures if released and not released.is_reported(key)]
    if keys and in_full:
        names = "; ".join(words.figure(key) for key in keys)
        yield words.gettext("Noch niemand berichtet: %(names)s.") % {"names": names}
    elif keys:
        yield words.ngettext(
            "%(num)s Kennzahl berichtet noch niemand.",
            "%(num)s Kennzahlen berichtet noch niemand.",
            len(keys),
        )
