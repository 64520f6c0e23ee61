"""What the pages of polls call kinds and states, and say about a question or an answer that does not fit."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.exchange.polls import (
    LONGEST_OPTION,
    LONGEST_TEXT,
    MOST_OPTIONS,
    Attribution,
    PollKind,
    PollProblem,
    PollState,
)
from dnk_tool.web.clusters.cockpit.overview import newest_catalogue
from dnk_tool.web.text.options import numbered_title

KINDS: Mapping[PollKind, LazyString] = {
    PollKind.SINGLE: _l("Eine Antwort"),
    PollKind.MULTIPLE: _l("Mehrere Antworten"),
    PollKind.SCALE: _l("Skala von 1 bis 5"),
    PollKind.TEXT: _l("Kurzer Text"),
}
KIND_HINTS: Mapping[PollKind, LazyString] = {
    PollKind.SINGLE: _l("Jede Person wählt genau eine."),
    PollKind.MULTIPLE: _l("Jede Person wählt, so viele sie will."),
    PollKind.SCALE: _l("Sie sagen, was 1 und was 5 bedeutet."),
    PollKind.TEXT: _l("Höchstens 300 Zeichen. Sie lesen jeden Text zuerst und geben ihn frei."),
}
STATES: Mapping[PollState, LazyString] = {
    PollState.DRAFT: _l("noch nicht geöffnet"),
    PollState.OPEN: _l("offen"),
    PollState.CLOSED: _l("geschlossen"),
}
ATTRIBUTIONS: Mapping[Attribution, LazyString] = {
    Attribution.ANONYMOUS: _l("Anonym, ohne Anmeldung"),
    Attribution.NAMED: _l("Mit Namen, nur Mitglieder"),
}
ATTRIBUTION_HINTS: Mapping[Attribution, LazyString] = {
    Attribution.ANONYMOUS: _l(
        "Alle mit dem Code, eine Antwort je Gerät. Niemand erfährt, von wem sie ist, auch Sie nicht."
    ),
    Attribution.NAMED: _l(
        "Angemeldete Mitglieder, eine Antwort je Unternehmen. Sie sehen, wer was geantwortet hat; das steht "
        "vorher da."
    ),
}


def problem_text(problem: PollProblem) -> str:
    """What to do about a question or an answer that does not fit."""
    texts: dict[PollProblem, str] = {
        PollProblem.NO_QUESTION: _("Schreiben Sie die Frage."),
        PollProblem.TOO_FEW_OPTIONS: _("Schreiben Sie mindestens zwei Antworten, jede in eine eigene Zeile."),
        PollProblem.TOO_MANY_OPTIONS: _(
            "Höchstens %(most)s Antworten: Mehr liest an der Wand niemand.", most=MOST_OPTIONS
        ),
        PollProblem.OPTION_TOO_LONG: _(
            "Kürzen Sie jede Antwort auf höchstens %(most)s Zeichen.", most=LONGEST_OPTION
        ),
        PollProblem.OPTION_TWICE: _("Zwei Antworten sind gleich. Ändern oder streichen Sie eine."),
        PollProblem.NO_SCALE_ENDS: _("Schreiben Sie zwei Zeilen: was 1 bedeutet, und was 5 bedeutet."),
        PollProblem.NOTHING_CHOSEN: _("Wählen Sie eine Antwort."),
        PollProblem.NOT_AN_OPTION: _("Diese Antwort gibt es hier nicht. Wählen Sie noch einmal."),
        PollProblem.NO_TEXT: _("Schreiben Sie einen Satz, oder schließen Sie diese Seite."),
        PollProblem.TEXT_TOO_LONG: _(
            "Kürzen Sie den Text auf höchstens %(most)s Zeichen.", most=LONGEST_TEXT
        ),
    }
    return texts[problem]


def section_title(ref: str) -> str:
    """The criterion that a poll is about, with its number; "" for none and for one that is gone."""
    found = next((each for each in newest_catalogue().criteria if each.ref == ref), None)
    return numbered_title(found) if found else ""
