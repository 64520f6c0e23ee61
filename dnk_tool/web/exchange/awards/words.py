"""What is said of a round that does not fit, in words that say what to do."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.exchange.awards import AwardProblem, AwardState

PROBLEMS: Mapping[AwardProblem, LazyString] = {
    AwardProblem.NO_NAME: _l("Geben Sie der Auszeichnung einen Namen."),
    AwardProblem.NO_CRITERIA: _l("Nennen Sie mindestens ein Kriterium mit Namen und Gewicht."),
    AwardProblem.CRITERION_TWICE: _l("Zwei Kriterien heißen gleich. Geben Sie jedem einen eigenen Namen."),
    AwardProblem.NOT_WHOLE: _l(
        "Die Gewichte ergeben zusammen nicht 100. Ändern Sie sie, bis die Summe 100 ist; "
        "jedes ist größer als 0."
    ),
    AwardProblem.JURY_BEFORE_NOMINATIONS: _l(
        "Die Jury ist vor dem letzten Tag der Vorschläge fertig. Wählen Sie für sie einen späteren Tag."
    ),
    AwardProblem.NO_NOMINATIONS: _l(
        "Noch gibt es keinen Vorschlag, dem ein Unternehmen zugestimmt hat. Ohne einen hat die Jury "
        "nichts zu lesen."
    ),
    AwardProblem.HAS_SHEETS: _l(
        "Die Jury hat schon Punkte gegeben. Neue Vorschläge gibt es deshalb in dieser Runde nicht mehr."
    ),
    AwardProblem.NO_WINNER: _l("Schreiben Sie bei mindestens einem Vorschlag, welchen Preis er bekommt."),
}
# What the button says that leads a round to this state, by the state it is in.
STEPS: Mapping[tuple[AwardState, AwardState], LazyString] = {
    (AwardState.DRAFT, AwardState.NOMINATING): _l("Vorschläge öffnen"),
    (AwardState.NOMINATING, AwardState.JUDGING): _l("Vorschläge schließen, Jury beginnt"),
    (AwardState.JUDGING, AwardState.NOMINATING): _l("Zurück zu den Vorschlägen"),
    (AwardState.DECIDED, AwardState.JUDGING): _l("Entscheidung zurücknehmen"),
}
LED_TO: Mapping[AwardState, LazyString] = {
    AwardState.NOMINATING: _l("Die Mitglieder sehen die Auszeichnung jetzt und können vorschlagen."),
    AwardState.JUDGING: _l("Jetzt liest die Jury. Die Links der Jurymitglieder öffnen ihre Bögen."),
}
CLOSED = _l("Diese Runde nimmt keine Vorschläge mehr an.")
MOVED = _l(
    "Jemand anderes hat diese Runde gerade geändert. Bitte prüfen Sie noch einmal, wie sie jetzt steht."
)
