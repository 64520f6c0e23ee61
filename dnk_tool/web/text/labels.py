"""Labels of the interface: those of `dnk_tool/labels.py`, and those that only pages show, such as events.

What states and parts of what members share are called on pages; merged into `labels.LABELS`.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from flask_babel import gettext

from dnk_tool import labels
from dnk_tool.catalogue.standard.item_model import MethodTopic
from dnk_tool.domain.answers.answer import Figure, Quality
from dnk_tool.domain.answers.self_check import SelfCheckAnswer
from dnk_tool.domain.clusters.attendance import Attendance
from dnk_tool.domain.clusters.cockpit import ClusterTask, NextMove
from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.domain.clusters.criterion_signs import CriterionSign, SignFilter
from dnk_tool.domain.declarations.comparison import SenseChange
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.exchange.awards import AwardState
from dnk_tool.domain.exchange.examples import ExamplePart, ExampleState
from dnk_tool.domain.exchange.residues import NoticeKind
from dnk_tool.domain.figures.calculators import Basis
from dnk_tool.domain.figures.states import is_not_applicable
from dnk_tool.domain.permissions import ClusterRole, Role
from dnk_tool.domain.review import Audience, Noteworthy, ReviewSide, ReviewStatus
from dnk_tool.labels import N_
from dnk_tool.report.view.cluster.examples import LINE_NAMES
from dnk_tool.store.clusters.cockpit import MemberSortOrder
from dnk_tool.store.declarations.versions import VersionOutcome
from dnk_tool.store.invitations.contribution_requests import ContributionRequestStage

BASIS: Mapping[Basis, str] = {
    Basis.BILL: N_("Rechnung oder Liste"),
    Basis.METER: N_("abgelesen"),
    Basis.ESTIMATE: N_("geschätzt"),
    Basis.CREDIT: N_("Gutschrift, wird abgezogen"),
}

TURN: Mapping[NextMove, str] = {
    NextMove.COMPANY: N_("Unternehmen"),
    NextMove.CLUSTER: N_("Cluster"),
    NextMove.NOBODY: N_("niemand"),
}

TASK: Mapping[ClusterTask, str] = {
    ClusterTask.REVIEW: N_("Warten auf Prüfung"),
    ClusterTask.OVERDUE: N_("Überfällig"),
    ClusterTask.SILENT: N_("Still seit drei Wochen"),
}

SIGN: Mapping[CriterionSign, str] = {
    CriterionSign.ANSWERED: N_("beantwortet"),
    CriterionSign.EXPLAINED: N_("erklärt"),
    CriterionSign.IN_PROGRESS: N_("in Arbeit"),
    CriterionSign.REMARK: N_("Rückfrage"),
    CriterionSign.OPEN: N_("offen"),
}
SIGN_FILTER: Mapping[SignFilter, str] = {
    SignFilter.MISSING: N_("nicht fertig"),
    **{SignFilter(sign.value): word for sign, word in SIGN.items()},
}

ORDER: Mapping[MemberSortOrder, str] = {
    MemberSortOrder.COMPANY: N_("Unternehmen"),
    MemberSortOrder.STAGE: N_("Stand"),
    MemberSortOrder.DONE: N_("Fertige Kriterien"),
    MemberSortOrder.REMARKS: N_("Offene Anmerkungen"),
    MemberSortOrder.ACTIVITY: N_("Letzte Änderung"),
}

STANDING: Mapping[ReviewStatus, str] = {
    ReviewStatus.PENDING: N_("Noch zu prüfen"),
    ReviewStatus.ACCEPTED: N_("In Ordnung"),
    ReviewStatus.CHANGE_NEEDED: N_("Änderung nötig"),
}

AUDIENCE: Mapping[Audience, str] = {
    Audience.COMPANY: N_("nur im Unternehmen"),
    Audience.SHARED: N_("Unternehmen und Prüfteam"),
    Audience.REVIEWERS: N_("nur Prüfteam"),
}

SIDE: Mapping[ReviewSide, str] = {ReviewSide.COMPANY: N_("Unternehmen"), ReviewSide.REVIEWERS: N_("Prüfung")}

OUTCOME: Mapping[VersionOutcome, str] = {
    VersionOutcome.WAITING: N_("Wartet auf Bestätigung"),
    VersionOutcome.DECLINED: N_("Nicht bestätigt"),
    VersionOutcome.TAKEN_BACK: N_("Zurückgeholt"),
    VersionOutcome.SUBMITTED: N_("Eingereicht"),
    VersionOutcome.CHANGES_REQUESTED: N_("Änderungen angefordert"),
    VersionOutcome.APPROVAL_WITHDRAWN: N_("Freigabe zurückgezogen"),
    VersionOutcome.APPROVED: N_("Freigegeben"),
    VersionOutcome.FINISHED: N_("Abgeschlossen"),
}

ROLE: Mapping[Role, str] = {
    Role.OWNER: N_("Leitung"),
    Role.EDITOR: N_("Bearbeitung"),
    Role.CONTRIBUTOR: N_("Zuarbeit"),
    Role.VIEWER: N_("Einsicht"),
}

CLUSTER_ROLE: Mapping[ClusterRole, str] = {
    ClusterRole.MANAGER: N_("Clustermanagement"),
    ClusterRole.REVIEWER: N_("Prüfung"),
}

# What each role may do, in one sentence.
ROLE_DESCRIPTIONS: Mapping[Role | ClusterRole, str] = {
    Role.OWNER: N_("Darf alles: schreiben, einreichen, veröffentlichen, Personen einladen und entfernen."),
    Role.EDITOR: N_("Schreibt die ganze Erklärung und reicht sie ein."),
    Role.CONTRIBUTOR: N_("Sieht und schreibt nur ausgewählte Kriterien."),
    Role.VIEWER: N_("Liest alles und ändert nichts, zum Beispiel für Beratung oder Wirtschaftsprüfung."),
    ClusterRole.MANAGER: N_(
        "Leitet das Cluster: lädt Unternehmen und Personen ein, setzt Fristen, prüft und gibt frei."
    ),
    ClusterRole.REVIEWER: N_("Prüft eingereichte Erklärungen und gibt sie frei."),
}

QUESTION_STAGE: Mapping[ContributionRequestStage, str] = {
    ContributionRequestStage.OPEN: N_("Offen"),
    ContributionRequestStage.BEGUN: N_("Angefangen"),
    ContributionRequestStage.ANSWERED: N_("Beantwortet"),
    ContributionRequestStage.EXPIRED: N_("Abgelaufen"),
    ContributionRequestStage.RESTING: N_("Ruht"),
    ContributionRequestStage.REVOKED: N_("Zurückgenommen"),
}

METHOD: Mapping[MethodTopic, str] = {
    MethodTopic.CALCULATION: N_("Wie gerechnet wurde"),
    MethodTopic.BOUNDARY: N_("Was dazu zählt"),
    MethodTopic.GASES: N_("Gase"),
    MethodTopic.SOURCES: N_("Quellen"),
    MethodTopic.COMPARISON: N_("Basisjahr und Vergleich"),
}

REPLY: Mapping[SelfCheckAnswer, str] = {
    SelfCheckAnswer.YES: N_("ja"),
    SelfCheckAnswer.PARTLY: N_("teilweise"),
    SelfCheckAnswer.NO: N_("nein"),
}

NOTICE_KIND: Mapping[NoticeKind, str] = {NoticeKind.OFFER: N_("Angebot"), NoticeKind.SEARCH: N_("Gesuch")}


EXAMPLE_STATE: Mapping[ExampleState, str] = {
    ExampleState.DRAFT: N_("Entwurf"),
    ExampleState.OFFERED: N_("wartet auf das Cluster"),
    ExampleState.PUBLISHED: N_("veröffentlicht"),
}

EXAMPLE_PART: Mapping[ExamplePart, str] = {
    ExamplePart.TITLE: N_("Überschrift"),
    **LINE_NAMES,
    ExamplePart.NUMBER: N_("bei der Maßnahme eine Zahl, und wie Sie sie ermittelt haben"),
    ExamplePart.PICTURE_ALT: N_("was das Bild zeigt"),
}

AWARD_STATE: Mapping[AwardState, str] = {
    AwardState.DRAFT: N_("in Vorbereitung"),
    AwardState.NOMINATING: N_("Vorschläge offen"),
    AwardState.JUDGING: N_("bei der Jury"),
    AwardState.DECIDED: N_("vergeben"),
}

# Merged into `labels.EVENT`.
EXCHANGE_EVENT: Mapping[EventKind, str] = {
    EventKind.EXAMPLE_SAVED: N_("Gutes Beispiel gespeichert"),
    EventKind.EXAMPLE_OFFERED: N_("Gutes Beispiel dem Cluster angeboten"),
    EventKind.EXAMPLE_PUBLISHED: N_("Gutes Beispiel vom Cluster veröffentlicht"),
    EventKind.EXAMPLE_RETURNED: N_("Gutes Beispiel vom Cluster zurückgegeben"),
    EventKind.EXAMPLE_WITHDRAWN: N_("Gutes Beispiel zurückgezogen"),
    EventKind.EXAMPLE_REMOVED: N_("Gutes Beispiel gelöscht"),
    EventKind.POLL_OPENED: N_("Umfrage geöffnet"),
    EventKind.POLL_CLOSED: N_("Umfrage geschlossen"),
    EventKind.POLL_DELETED: N_("Umfrage gelöscht"),
    EventKind.RESIDUE_SHOWN: N_("Reststoff den Mitgliedern des Clusters gezeigt"),
    EventKind.RESIDUE_REMOVED: N_("Reststoff gelöscht"),
    EventKind.RESIDUE_PASSED_ON: N_("Reststoff weitergegeben"),
    EventKind.RESIDUE_ASKED: N_("Zu einem Reststoff angefragt"),
    EventKind.RESIDUE_CONTACT: N_("Name und Kontakt zu einem Reststoff freigegeben"),
    EventKind.RESIDUE_TAKEN_DOWN: N_("Reststoff von der Liste genommen"),
    EventKind.NEIGHBOUR_PROPOSED: N_("Nachbarnetzwerk vorgeschlagen"),
    EventKind.NEIGHBOUR_ACCEPTED: N_("Nachbarnetzwerk angenommen"),
    EventKind.NEIGHBOUR_ENDED: N_("Nachbarnetzwerk beendet"),
    EventKind.AWARD_NOMINATED: N_("Für eine Auszeichnung vorgeschlagen"),
    EventKind.AWARD_WITHDRAWN: N_("Vorschlag für eine Auszeichnung zurückgezogen"),
    EventKind.JUROR_INVITED: N_("Jurymitglied eingeladen"),
    EventKind.AWARD_DECIDED: N_("Auszeichnung vergeben"),
}

EXCHANGE_LABELS: Mapping[type[StrEnum], Mapping[Any, str]] = {
    ExampleState: EXAMPLE_STATE,
    ExamplePart: EXAMPLE_PART,
    AwardState: AWARD_STATE,
}


EVENT: Mapping[EventKind, str] = {
    **EXCHANGE_EVENT,
    EventKind.CREATED: N_("Erklärung angelegt"),
    EventKind.DECLARATION_DELETED: N_("Erklärung gelöscht"),
    EventKind.DECLARATION_RESTORED: N_("Erklärung wiederhergestellt"),
    EventKind.IMPORTED: N_("Erklärung aus einer Datei übernommen"),
    EventKind.SETTINGS_CHANGED: N_("Einstellungen geändert"),
    EventKind.SECTION_SAVED: N_("Angaben gespeichert"),
    EventKind.ANSWER_RESTORED: N_("Frühere Fassung zurückgeholt"),
    EventKind.ANSWERS_TAKEN_OVER: N_("Angaben aus einem früheren Jahr übernommen"),
    EventKind.GOAL_REVIEWED: N_("Gesagt, was aus einem Ziel geworden ist"),
    EventKind.ASSESSMENT_SAVED: N_("Selbsteinschätzung gespeichert"),
    EventKind.MEASURE_SAVED: N_("Maßnahme gespeichert"),
    EventKind.MEASURE_REMOVED: N_("Maßnahme gelöscht"),
    EventKind.MEASURE_RESTORED: N_("Maßnahme wiederhergestellt"),
    EventKind.LINE_SAVED: N_("Zeile eines Rechners gespeichert"),
    EventKind.LINE_REMOVED: N_("Zeile eines Rechners entfernt"),
    EventKind.LINE_RESTORED: N_("Zeile eines Rechners zurückgeholt"),
    EventKind.FIGURE_SAVED: N_("Kennzahlen gespeichert"),
    EventKind.EVIDENCE_ADDED: N_("Beleg hinzugefügt"),
    EventKind.EVIDENCE_CHANGED: N_("Angaben zu einem Beleg geändert"),
    EventKind.EVIDENCE_REMOVED: N_("Beleg entfernt"),
    EventKind.FIGURES_IMPORTED: N_("Kennzahlen aus einer Datei übernommen"),
    EventKind.SELF_CHECK_SAVED: N_("Schnellcheck gespeichert"),
    EventKind.WARNING_EXPLAINED: N_("Auffällige Zahl begründet"),
    EventKind.FINISHED: N_("Erklärung abgeschlossen"),
    EventKind.REOPENED: N_("Erklärung wieder geöffnet"),
    EventKind.SIGN_OFF_ASKED: N_("Bestätigung der Geschäftsführung erbeten"),
    EventKind.SIGN_OFF_DECLINED: N_("Bestätigung abgelehnt"),
    EventKind.SUBMITTED: N_("Erklärung eingereicht"),
    EventKind.RECALLED: N_("Erklärung zurückgeholt"),
    EventKind.CHANGES_REQUESTED: N_("Änderungen angefordert"),
    EventKind.APPROVED: N_("Erklärung freigegeben"),
    EventKind.APPROVAL_WITHDRAWN: N_("Freigabe zurückgezogen"),
    EventKind.PUBLISHED: N_("Erklärung veröffentlicht"),
    EventKind.UNPUBLISHED: N_("Veröffentlichung zurückgenommen"),
    EventKind.VERDICT_GIVEN: N_("Kriterium geprüft"),
    EventKind.REMARK_WRITTEN: N_("Anmerkung geschrieben"),
    EventKind.REMARK_RESOLVED: N_("Anmerkung erledigt"),
    EventKind.REVIEW_ASSIGNED: N_("Prüfung zugewiesen"),
    EventKind.CONFLICT_MARKED: N_("Interessenkonflikt eingetragen"),
    EventKind.CONFLICT_ENDED: N_("Interessenkonflikt zurückgenommen"),
    EventKind.CONTRIBUTION_ASKED: N_("Um einen Beitrag gebeten"),
    EventKind.CONTRIBUTION_ANSWERED: N_("Beitrag eingegangen"),
    EventKind.CONTRIBUTION_REVOKED: N_("Bitte um einen Beitrag zurückgenommen"),
    EventKind.PROFILE_CHANGED: N_("Profil geändert"),
    EventKind.SIGN_OFF_RULE_CHANGED: N_("Regel zur Bestätigung geändert"),
    EventKind.CLIMATE_GOAL_SAVED: N_("Klimaziel geändert"),
    EventKind.MEMBER_INVITED: N_("Person eingeladen"),
    EventKind.MEMBER_JOINED: N_("Person beigetreten"),
    EventKind.MEMBER_CHANGED: N_("Rechte einer Person geändert"),
    EventKind.MEMBER_REMOVED: N_("Person entfernt"),
    EventKind.INVITATION_REVOKED: N_("Einladung zurückgenommen"),
    EventKind.CONSENT_GRANTED: N_("Einwilligung erteilt"),
    EventKind.CONSENT_CHANGED: N_("Einwilligung geändert"),
    EventKind.CONSENT_WITHDRAWN: N_("Mitgliedschaft im Cluster beendet"),
    EventKind.CLUSTER_CREATED: N_("Cluster angelegt"),
    EventKind.CLUSTER_CHANGED: N_("Angaben zum Cluster geändert"),
    EventKind.COMPANY_INVITED: N_("Unternehmen eingeladen"),
    EventKind.DEADLINE_SET: N_("Kohorte oder Frist geändert"),
    EventKind.MESSAGE_SENT: N_("Nachricht an Mitglieder gesendet"),
    EventKind.RELEASE_MADE: N_("Zahlen des Clusters freigegeben"),
    EventKind.RELEASE_WITHDRAWN: N_("Freigegebene Zahlen zurückgezogen"),
    EventKind.JOINT_GOAL_SAVED: N_("Gemeinsames Ziel gespeichert"),
    EventKind.JOINT_SUM_MADE: N_("Neuen Stand des gemeinsamen Ziels gebildet"),
    EventKind.COMPANY_CONFIRMED: N_("Vom Betrieb als echtes Unternehmen bestätigt"),
    EventKind.CONFIRMATION_ENDED: N_("Bestätigung vom Betrieb zurückgenommen"),
    EventKind.ARCHIVED: N_("Archiviert: nur noch lesbar"),
    EventKind.ARCHIVE_ENDED: N_("Aus dem Archiv zurückgeholt"),
}

ATTENDANCE: Mapping[Attendance, str] = {
    Attendance.CAME: N_("war da"),
    Attendance.EXCUSED: N_("entschuldigt"),
    Attendance.ABSENT: N_("fehlte"),
}

CONSENT_CHOICE: Mapping[ConsentChoice, str] = {
    ConsentChoice.PROFILE: N_("Branche, Größe und Indikatorenset"),
    ConsentChoice.SUPPORT: N_("Teilnahme und Notizen"),
    ConsentChoice.EARLIER_VERSION: N_("Das Vorjahr neben der Prüfung"),
    ConsentChoice.MEASURES: N_("Maßnahmen"),
    ConsentChoice.EXAMPLES: N_("Beispiele"),
    ConsentChoice.RESIDUES: N_("Reststoffe"),
    ConsentChoice.RESIDUE_NEIGHBOURS: N_("Reststoffe auch in Nachbarnetzwerken"),
}

NOTEWORTHY: Mapping[Noteworthy, str] = {
    Noteworthy.WARNING: N_("auffällige Zahl"),
    Noteworthy.BIG_CHANGE: N_("anders als im Vorjahr"),
    Noteworthy.EXPLAINED: N_("erklärt statt berichtet"),
    Noteworthy.SHORT: N_("sehr kurz (unter dem halben Richtwert)"),
}

SENSE_CHANGE: Mapping[SenseChange, str] = {
    SenseChange.EXPLAINED: N_("jetzt erklärt statt berichtet"),
    SenseChange.GOAL_GONE: N_("ein Ziel steht nicht mehr da"),
    SenseChange.NUMBER_GONE: N_("eine Zahl steht nicht mehr da"),
    SenseChange.REWRITTEN: N_("großteils neu geschrieben"),
}

LABELS: Mapping[type[StrEnum], Mapping[Any, str]] = {
    **labels.LABELS,
    **EXCHANGE_LABELS,
    Basis: BASIS,
    EventKind: EVENT,
    ReviewStatus: STANDING,
    Audience: AUDIENCE,
    ReviewSide: SIDE,
    Noteworthy: NOTEWORTHY,
    SenseChange: SENSE_CHANGE,
    VersionOutcome: OUTCOME,
    Role: ROLE,
    ClusterRole: CLUSTER_ROLE,
    ContributionRequestStage: QUESTION_STAGE,
    NextMove: TURN,
    ClusterTask: TASK,
    CriterionSign: SIGN,
    SignFilter: SIGN_FILTER,
    MemberSortOrder: ORDER,
    SelfCheckAnswer: REPLY,
    MethodTopic: METHOD,
    ConsentChoice: CONSENT_CHOICE,
    NoticeKind: NOTICE_KIND,
    Attendance: ATTENDANCE,
}


def label_of(member: StrEnum) -> str:
    """The member's label in the page's language."""
    return str(gettext(LABELS[type(member)][member]))


def quality_of(figure: Figure) -> str:
    """The figure's quality in the page's language, "entfällt" where it does not apply; "" without one."""
    if is_not_applicable(figure):
        return str(gettext(labels.NOT_APPLICABLE))
    return label_of(figure.quality) if figure.quality else ""


def meaning(role: Role | ClusterRole) -> str:
    """What the role may do, in the page's language."""
    return str(gettext(ROLE_DESCRIPTIONS[role]))


def quality_options() -> list[dict[str, str]]:
    """Options for a figure's quality, "not stated" first."""
    options = [{"value": "", "label": gettext("keine Angabe")}]
    return options + [{"value": quality.value, "label": label_of(quality)} for quality in Quality]
