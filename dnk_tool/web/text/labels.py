"""The interface's words for the domain's states, gaps and levels."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l

from dnk_tool.domain.answers.answer import Quality
from dnk_tool.domain.answers.completeness import CompletionStatus, GapKind, SectionProgress
from dnk_tool.domain.answers.goals import GoalOutcome
from dnk_tool.domain.answers.self_assessment import Rating
from dnk_tool.domain.answers.self_check import SelfCheckAnswer
from dnk_tool.domain.clusters.cockpit import ClusterTask, MemberStage, NextMove
from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.domain.figures.calculators import Basis
from dnk_tool.domain.permissions import ClusterRole, Role
from dnk_tool.domain.review import Audience, ReviewSide, ReviewStatus
from dnk_tool.store.clusters.cockpit import MemberSortOrder
from dnk_tool.store.declarations.versions import VersionOutcome
from dnk_tool.store.invitations.contribution_requests import ContributionRequestStage

STATUS: Mapping[CompletionStatus, Any] = {
    CompletionStatus.OPEN: _l("Offen"),
    CompletionStatus.IN_PROGRESS: _l("In Arbeit"),
    CompletionStatus.QUERIED: _l("Rückfrage"),
    CompletionStatus.DONE: _l("Fertig"),
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

STAGE: Mapping[MemberStage, Any] = {
    MemberStage.NOT_STARTED: _l("Noch nicht begonnen"),
    MemberStage.DRAFT: _l("In Arbeit"),
    MemberStage.SIGNING: _l("Wartet auf Bestätigung"),
    MemberStage.SUBMITTED: _l("Eingereicht"),
    MemberStage.CHANGES_REQUESTED: _l("Änderungen angefordert"),
    MemberStage.REOPENED: _l("Wieder geöffnet"),
    MemberStage.FINISHED: _l("Abgeschlossen"),
    MemberStage.APPROVED: _l("Freigegeben"),
    MemberStage.PUBLISHED: _l("Veröffentlicht"),
}

TURN: Mapping[NextMove, Any] = {
    NextMove.COMPANY: _l("Unternehmen"),
    NextMove.CLUSTER: _l("Cluster"),
    NextMove.NOBODY: _l("niemand"),
}

TASK: Mapping[ClusterTask, Any] = {
    ClusterTask.REVIEW: _l("Warten auf Prüfung"),
    ClusterTask.OVERDUE: _l("Überfällig"),
    ClusterTask.SILENT: _l("Still seit drei Wochen"),
}

ORDER: Mapping[MemberSortOrder, Any] = {
    MemberSortOrder.COMPANY: _l("Unternehmen"),
    MemberSortOrder.STAGE: _l("Stand"),
    MemberSortOrder.DONE: _l("Fertige Kriterien"),
    MemberSortOrder.REMARKS: _l("Offene Anmerkungen"),
    MemberSortOrder.ACTIVITY: _l("Letzte Änderung"),
}

PROGRESS: Mapping[SectionProgress, Any] = {
    SectionProgress.OPEN: _l("Offen"),
    SectionProgress.IN_PROGRESS: _l("In Arbeit"),
    SectionProgress.ANSWERED: _l("Beantwortet"),
    SectionProgress.EXPLAINED: _l("Erklärt"),
}

STANDING: Mapping[ReviewStatus, Any] = {
    ReviewStatus.PENDING: _l("Noch zu prüfen"),
    ReviewStatus.ACCEPTED: _l("In Ordnung"),
    ReviewStatus.CHANGE_NEEDED: _l("Änderung nötig"),
}

AUDIENCE: Mapping[Audience, Any] = {
    Audience.COMPANY: _l("nur im Unternehmen"),
    Audience.SHARED: _l("Unternehmen und Prüfende"),
    Audience.REVIEWERS: _l("nur Prüfende"),
}

SIDE: Mapping[ReviewSide, Any] = {
    ReviewSide.COMPANY: _l("Unternehmen"),
    ReviewSide.REVIEWERS: _l("Prüfung"),
}

OUTCOME: Mapping[VersionOutcome, Any] = {
    VersionOutcome.WAITING: _l("Wartet auf Bestätigung"),
    VersionOutcome.DECLINED: _l("Nicht bestätigt"),
    VersionOutcome.TAKEN_BACK: _l("Zurückgeholt"),
    VersionOutcome.SUBMITTED: _l("Eingereicht"),
    VersionOutcome.CHANGES_REQUESTED: _l("Änderungen angefordert"),
    VersionOutcome.APPROVED: _l("Freigegeben"),
    VersionOutcome.FINISHED: _l("Abgeschlossen"),
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
ROLE_DESCRIPTIONS: Mapping[Role | ClusterRole, Any] = {
    Role.OWNER: _l("Darf alles: schreiben, einreichen, veröffentlichen, Personen einladen und entfernen."),
    Role.EDITOR: _l("Schreibt die ganze Erklärung und reicht sie ein."),
    Role.CONTRIBUTOR: _l("Sieht und schreibt nur ausgewählte Kriterien."),
    Role.VIEWER: _l("Liest alles und ändert nichts, zum Beispiel für Beratung oder Wirtschaftsprüfung."),
    ClusterRole.MANAGER: _l(
        "Leitet das Cluster: lädt Unternehmen und Personen ein, setzt Fristen, prüft und gibt frei."
    ),
    ClusterRole.REVIEWER: _l("Prüft eingereichte Erklärungen und gibt sie frei."),
}

QUESTION_STAGE: Mapping[ContributionRequestStage, Any] = {
    ContributionRequestStage.OPEN: _l("Offen"),
    ContributionRequestStage.BEGUN: _l("Angefangen"),
    ContributionRequestStage.ANSWERED: _l("Beantwortet"),
    ContributionRequestStage.EXPIRED: _l("Abgelaufen"),
    ContributionRequestStage.RESTING: _l("Ruht"),
    ContributionRequestStage.REVOKED: _l("Zurückgenommen"),
}

RATING: Mapping[Rating, Any] = {
    Rating.NOT_STARTED: _l("noch nicht begonnen"),
    Rating.PLANNED: _l("geplant"),
    Rating.PARTIAL: _l("teilweise"),
    Rating.IMPLEMENTED: _l("umgesetzt"),
    Rating.EXEMPLARY: _l("vorbildlich"),
}

REPLY: Mapping[SelfCheckAnswer, Any] = {
    SelfCheckAnswer.YES: _l("ja"),
    SelfCheckAnswer.PARTLY: _l("teilweise"),
    SelfCheckAnswer.NO: _l("nein"),
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

LABELS: Mapping[type[StrEnum], Mapping[Any, Any]] = {
    CompletionStatus: STATUS,
    GapKind: GAP,
    Quality: QUALITY,
    Basis: BASIS,
    State: STATE,
    Rating: RATING,
    EventKind: EVENT,
    SectionProgress: PROGRESS,
    ReviewStatus: STANDING,
    Audience: AUDIENCE,
    ReviewSide: SIDE,
    VersionOutcome: OUTCOME,
    Role: ROLE,
    ClusterRole: CLUSTER_ROLE,
    MemberStage: STAGE,
    ContributionRequestStage: QUESTION_STAGE,
    NextMove: TURN,
    ClusterTask: TASK,
    MemberSortOrder: ORDER,
    SelfCheckAnswer: REPLY,
    GoalOutcome: GOAL_OUTCOME,
}


def label_of(member: StrEnum) -> str:
    """The member in the language of the page."""
    return str(LABELS[type(member)][member])


def meaning(role: Role | ClusterRole) -> str:
    """What the role allows, in the language of the page."""
    return str(ROLE_DESCRIPTIONS[role])


def quality_options() -> list[dict[str, str]]:
    """How a figure may have come about, for its select field; nothing said comes first."""
    options = [{"value": "", "label": str(_l("keine Angabe"))}]
    return options + [{"value": one.value, "label": label_of(one)} for one in Quality]
