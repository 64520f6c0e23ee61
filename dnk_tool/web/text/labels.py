"""The interface's words for the domain's states, gaps and levels."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l

from dnk_tool.domain.answers.answer import Quality
from dnk_tool.domain.answers.completeness import GapKind, Progress, Status
from dnk_tool.domain.answers.goals import GoalOutcome
from dnk_tool.domain.answers.self_assessment import Rating
from dnk_tool.domain.answers.self_check import Reply
from dnk_tool.domain.clusters.cockpit import Stage, Task, Turn
from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.domain.figures.calculators import Basis
from dnk_tool.domain.permissions import ClusterRole, Role
from dnk_tool.domain.review import Audience, Side, Standing
from dnk_tool.store.clusters.cockpit import Order
from dnk_tool.store.declarations.versions import Outcome
from dnk_tool.store.invitations.contribution_requests import QuestionStage

STATUS: Mapping[Status, Any] = {
    Status.OPEN: _l("Offen"),
    Status.IN_PROGRESS: _l("In Arbeit"),
    Status.QUERIED: _l("Rückfrage"),
    Status.DONE: _l("Fertig"),
}

GAP: Mapping[GapKind, Any] = {
    GapKind.NO_TEXT: _l("Es fehlt noch ein Text."),
    GapKind.NO_EXPLANATION: _l("Es fehlt noch die Begründung."),
    GapKind.NO_VALUE: _l("Diese Angabe fehlt noch."),
    GapKind.INCOMPLETE_ROW: _l("In einer Zeile fehlt noch eine Angabe."),
    GapKind.NO_PROFILE: _l("Diese Angabe fehlt noch im Profil des Unternehmens."),
    GapKind.NOT_CONFIRMED: _l("Alles ist beantwortet. Bitte bestätigen Sie noch, dass Sie fertig sind."),
}

BASIS: Mapping[Basis, Any] = {
    Basis.BILL: _l("Rechnung oder Liste"),
    Basis.METER: _l("abgelesen"),
    Basis.ESTIMATE: _l("geschätzt"),
}

QUALITY: Mapping[Quality, Any] = {
    Quality.MEASURED: _l("gemessen"),
    Quality.CALCULATED: _l("berechnet"),
    Quality.ESTIMATED: _l("geschätzt"),
    Quality.NOT_AVAILABLE: _l("liegt nicht vor"),
}

STATE: Mapping[State, Any] = {
    State.DRAFT: _l("In Arbeit"),
    State.SIGNING: _l("Wartet auf Bestätigung"),
    State.SUBMITTED: _l("Eingereicht"),
    State.CHANGES_REQUESTED: _l("Änderungen angefordert"),
    State.APPROVED: _l("Freigegeben"),
    State.FINISHED: _l("Abgeschlossen"),
    State.REOPENED: _l("Wieder geöffnet"),
}

STAGE: Mapping[Stage, Any] = {
    Stage.NOT_STARTED: _l("Noch nicht begonnen"),
    Stage.DRAFT: _l("In Arbeit"),
    Stage.SIGNING: _l("Wartet auf Bestätigung"),
    Stage.SUBMITTED: _l("Eingereicht"),
    Stage.CHANGES_REQUESTED: _l("Änderungen angefordert"),
    Stage.REOPENED: _l("Wieder geöffnet"),
    Stage.FINISHED: _l("Abgeschlossen"),
    Stage.APPROVED: _l("Freigegeben"),
    Stage.PUBLISHED: _l("Veröffentlicht"),
}

TURN: Mapping[Turn, Any] = {
    Turn.COMPANY: _l("Unternehmen"),
    Turn.CLUSTER: _l("Cluster"),
    Turn.NOBODY: _l("niemand"),
}

TASK: Mapping[Task, Any] = {
    Task.REVIEW: _l("Warten auf Prüfung"),
    Task.OVERDUE: _l("Überfällig"),
    Task.SILENT: _l("Still seit drei Wochen"),
}

ORDER: Mapping[Order, Any] = {
    Order.COMPANY: _l("Unternehmen"),
    Order.STAGE: _l("Stand"),
    Order.DONE: _l("Fertige Kriterien"),
    Order.REMARKS: _l("Offene Anmerkungen"),
    Order.ACTIVITY: _l("Letzte Änderung"),
}

PROGRESS: Mapping[Progress, Any] = {
    Progress.OPEN: _l("Offen"),
    Progress.IN_PROGRESS: _l("In Arbeit"),
    Progress.ANSWERED: _l("Beantwortet"),
    Progress.EXPLAINED: _l("Erklärt"),
}

STANDING: Mapping[Standing, Any] = {
    Standing.PENDING: _l("Noch zu prüfen"),
    Standing.ACCEPTED: _l("In Ordnung"),
    Standing.CHANGE_NEEDED: _l("Änderung nötig"),
}

AUDIENCE: Mapping[Audience, Any] = {
    Audience.COMPANY: _l("nur im Unternehmen"),
    Audience.SHARED: _l("Unternehmen und Prüfende"),
    Audience.REVIEWERS: _l("nur Prüfende"),
}

SIDE: Mapping[Side, Any] = {
    Side.COMPANY: _l("Unternehmen"),
    Side.REVIEWERS: _l("Prüfung"),
}

OUTCOME: Mapping[Outcome, Any] = {
    Outcome.WAITING: _l("Wartet auf Bestätigung"),
    Outcome.DECLINED: _l("Nicht bestätigt"),
    Outcome.TAKEN_BACK: _l("Zurückgeholt"),
    Outcome.SUBMITTED: _l("Eingereicht"),
    Outcome.CHANGES_REQUESTED: _l("Änderungen angefordert"),
    Outcome.APPROVED: _l("Freigegeben"),
    Outcome.FINISHED: _l("Abgeschlossen"),
}

ROLE: Mapping[Role, Any] = {
    Role.OWNER: _l("Leitung"),
    Role.EDITOR: _l("Bearbeitung"),
    Role.CONTRIBUTOR: _l("Zuarbeit"),
    Role.VIEWER: _l("Einsicht"),
}

CLUSTER_ROLE: Mapping[ClusterRole, Any] = {
    ClusterRole.MANAGER: _l("Clustermanagement"),
    ClusterRole.REVIEWER: _l("Prüfung"),
}

# What somebody with the role may do, in one sentence.
MEANING: Mapping[Role | ClusterRole, Any] = {
    Role.OWNER: _l("Darf alles: schreiben, einreichen, veröffentlichen, Personen einladen und entfernen."),
    Role.EDITOR: _l("Schreibt die ganze Erklärung und reicht sie ein."),
    Role.CONTRIBUTOR: _l("Sieht und schreibt nur ausgewählte Kriterien."),
    Role.VIEWER: _l("Liest alles und ändert nichts, zum Beispiel für Beratung oder Wirtschaftsprüfung."),
    ClusterRole.MANAGER: _l(
        "Leitet das Cluster: lädt Unternehmen und Personen ein, setzt Fristen, prüft und gibt frei."
    ),
    ClusterRole.REVIEWER: _l("Prüft eingereichte Erklärungen und gibt sie frei."),
}

QUESTION_STAGE: Mapping[QuestionStage, Any] = {
    QuestionStage.OPEN: _l("Offen"),
    QuestionStage.BEGUN: _l("Angefangen"),
    QuestionStage.ANSWERED: _l("Beantwortet"),
    QuestionStage.EXPIRED: _l("Abgelaufen"),
    QuestionStage.RESTING: _l("Ruht"),
    QuestionStage.REVOKED: _l("Zurückgenommen"),
}

RATING: Mapping[Rating, Any] = {
    Rating.NOT_STARTED: _l("noch nicht begonnen"),
    Rating.PLANNED: _l("geplant"),
    Rating.PARTIAL: _l("teilweise"),
    Rating.IMPLEMENTED: _l("umgesetzt"),
    Rating.EXEMPLARY: _l("vorbildlich"),
}

REPLY: Mapping[Reply, Any] = {
    Reply.YES: _l("ja"),
    Reply.PARTLY: _l("teilweise"),
    Reply.NO: _l("nein"),
}

GOAL_OUTCOME: Mapping[GoalOutcome, Any] = {
    GoalOutcome.YES: _l("ja"),
    GoalOutcome.PARTLY: _l("teilweise erreicht"),
    GoalOutcome.NO: _l("nein"),
    GoalOutcome.ONGOING: _l("läuft noch"),
}

EVENT: Mapping[EventKind, Any] = {
    EventKind.CREATED: _l("Erklärung angelegt"),
    EventKind.IMPORTED: _l("Erklärung aus einer Datei übernommen"),
    EventKind.SETTINGS_CHANGED: _l("Einstellungen geändert"),
    EventKind.SECTION_SAVED: _l("Angaben gespeichert"),
    EventKind.ANSWER_RESTORED: _l("Frühere Fassung zurückgeholt"),
    EventKind.ANSWERS_TAKEN_OVER: _l("Angaben aus einem früheren Jahr übernommen"),
    EventKind.GOAL_REVIEWED: _l("Gesagt, was aus einem Ziel geworden ist"),
    EventKind.ASSESSMENT_SAVED: _l("Selbsteinschätzung gespeichert"),
    EventKind.LINE_SAVED: _l("Zeile eines Rechners gespeichert"),
    EventKind.LINE_REMOVED: _l("Zeile eines Rechners entfernt"),
    EventKind.LINE_RESTORED: _l("Zeile eines Rechners zurückgeholt"),
    EventKind.FIGURE_SAVED: _l("Kennzahlen gespeichert"),
    EventKind.EVIDENCE_ADDED: _l("Beleg hinzugefügt"),
    EventKind.EVIDENCE_CHANGED: _l("Angaben zu einem Beleg geändert"),
    EventKind.EVIDENCE_REMOVED: _l("Beleg entfernt"),
    EventKind.FIGURES_IMPORTED: _l("Kennzahlen aus einer Datei übernommen"),
    EventKind.SELF_CHECK_SAVED: _l("Schnellcheck gespeichert"),
    EventKind.WARNING_EXPLAINED: _l("Auffällige Zahl begründet"),
    EventKind.FINISHED: _l("Erklärung abgeschlossen"),
    EventKind.REOPENED: _l("Erklärung wieder geöffnet"),
    EventKind.SIGN_OFF_ASKED: _l("Bestätigung der Geschäftsführung erbeten"),
    EventKind.SIGN_OFF_DECLINED: _l("Bestätigung abgelehnt"),
    EventKind.SUBMITTED: _l("Erklärung eingereicht"),
    EventKind.RECALLED: _l("Erklärung zurückgeholt"),
    EventKind.CHANGES_REQUESTED: _l("Änderungen angefordert"),
    EventKind.APPROVED: _l("Erklärung freigegeben"),
    EventKind.PUBLISHED: _l("Erklärung veröffentlicht"),
    EventKind.UNPUBLISHED: _l("Veröffentlichung zurückgenommen"),
    EventKind.VERDICT_GIVEN: _l("Kriterium geprüft"),
    EventKind.REMARK_WRITTEN: _l("Anmerkung geschrieben"),
    EventKind.REMARK_RESOLVED: _l("Anmerkung erledigt"),
    EventKind.CONTRIBUTION_ASKED: _l("Um einen Beitrag gebeten"),
    EventKind.CONTRIBUTION_ANSWERED: _l("Beitrag eingegangen"),
    EventKind.CONTRIBUTION_REVOKED: _l("Bitte um einen Beitrag zurückgenommen"),
    EventKind.PROFILE_CHANGED: _l("Profil geändert"),
    EventKind.SIGN_OFF_RULE_CHANGED: _l("Regel zur Bestätigung geändert"),
    EventKind.MEMBER_INVITED: _l("Person eingeladen"),
    EventKind.MEMBER_JOINED: _l("Person beigetreten"),
    EventKind.MEMBER_CHANGED: _l("Rechte einer Person geändert"),
    EventKind.MEMBER_REMOVED: _l("Person entfernt"),
    EventKind.INVITATION_REVOKED: _l("Einladung zurückgenommen"),
    EventKind.CONSENT_GRANTED: _l("Einwilligung erteilt"),
    EventKind.CONSENT_CHANGED: _l("Einwilligung geändert"),
    EventKind.CONSENT_WITHDRAWN: _l("Einwilligung widerrufen"),
    EventKind.CLUSTER_CREATED: _l("Cluster angelegt"),
    EventKind.CLUSTER_CHANGED: _l("Angaben zum Cluster geändert"),
    EventKind.COMPANY_INVITED: _l("Unternehmen eingeladen"),
    EventKind.DEADLINE_SET: _l("Frist festgelegt"),
    EventKind.MESSAGE_SENT: _l("Nachricht an Mitglieder gesendet"),
}

WORDS: Mapping[type[StrEnum], Mapping[Any, Any]] = {
    Status: STATUS,
    GapKind: GAP,
    Quality: QUALITY,
    Basis: BASIS,
    State: STATE,
    Rating: RATING,
    EventKind: EVENT,
    Progress: PROGRESS,
    Standing: STANDING,
    Audience: AUDIENCE,
    Side: SIDE,
    Outcome: OUTCOME,
    Role: ROLE,
    ClusterRole: CLUSTER_ROLE,
    Stage: STAGE,
    QuestionStage: QUESTION_STAGE,
    Turn: TURN,
    Task: TASK,
    Order: ORDER,
    Reply: REPLY,
    GoalOutcome: GOAL_OUTCOME,
}


def word(member: StrEnum) -> str:
    """The member in the language of the page."""
    return str(WORDS[type(member)][member])


def meaning(role: Role | ClusterRole) -> str:
    """What the role allows, in the language of the page."""
    return str(MEANING[role])


def quality_options() -> list[dict[str, str]]:
    """How a figure may have come about, for its select field; nothing said comes first."""
    options = [{"value": "", "label": str(_l("keine Angabe"))}]
    return options + [{"value": one.value, "label": word(one)} for one in Quality]
