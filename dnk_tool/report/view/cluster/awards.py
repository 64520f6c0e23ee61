"""Writes the chapter on awards: the prizes of which everybody may read."""

from dnk_tool.domain.exchange.awards import DecidedAward
from dnk_tool.report.view.cluster.model import ReportChapter, ReportGroup
from dnk_tool.report.view.cluster.words import ReportWords


def awards_chapter(words: ReportWords) -> ReportChapter | None:
    """The chapter on awards; None where there is no prize for everybody."""
    _, decided = words.gettext, words.content.awards
    if not decided:
        return None
    return ReportChapter(
        "auszeichnungen",
        _("Auszeichnungen"),
        tuple(_group(words, one) for one in decided),
        lead=_(
            "Was das Cluster nach dem Urteil einer Jury ausgezeichnet hat, mit Zustimmung der Unternehmen."
        ),
    )


def _group(words: ReportWords, decided: DecidedAward) -> ReportGroup:
    def line(text: str) -> str:
        return " ".join(words.words.printable_text(text).split())

    lines = tuple(f"{line(one.prize)}: {line(one.company)}, {line(one.title)}" for one in decided.prizes)
    return ReportGroup(f"{line(decided.name)} {decided.year}", lines)
