"""The wording of the consent to a cluster, and its edition."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from dnk_tool.domain.clusters import consent_editions

# Changed words need a new edition; a test compares them.
EDITION = consent_editions.NEWEST_EDITION


@dataclass(frozen=True)
class ConsentClause:
    """When, or on which condition, the cluster sees something, and what, one sentence each."""

    when: Any
    sentences: tuple[Any, ...]


WORDS = (
    ConsentClause(
        _l("Ab dem Beitritt, immer"),
        (
            _l(
                "Den Namen Ihres Unternehmens, seit wann es Mitglied ist und ob Kennzahlen in Summen "
                "eingehen dürfen."
            ),
            _l(
                "Wer bei Ihnen leitet oder bearbeitet, mit Name und E-Mail-Adresse, damit das Cluster diesen "
                "Personen schreiben kann."
            ),
            _l(
                "Für jedes Berichtsjahr den Stand Ihrer Erklärung, wer am Zug ist und ob sie veröffentlicht "
                "ist; dazu, wann sie eingereicht, zurückgeholt, zurückgegeben, freigegeben, abgeschlossen, "
                "wieder geöffnet oder veröffentlicht wurde."
            ),
            _l(
                "Wie viele der 20 Kriterien fertig sind, und zu jedem eines von vier Zeichen: offen, in "
                "Arbeit, beantwortet oder erklärt. „Erklärt“ heißt, dass Sie dort nicht berichten; Ihre "
                "Begründung sieht das Cluster nicht."
            ),
            _l("Den Tag der letzten Änderung, und ob eine Frist des Clusters verstrichen ist."),
            _l("Kein Wort und keine Zahl aus Ihren Antworten."),
        ),
    ),
    ConsentClause(
        _l("Wenn Sie einreichen"),
        (
            _l(
                "Die Erklärung, die Sie dem Cluster zur Prüfung geben, mit allen Antworten, Kennzahlen und "
                "Rechenwegen – genau in der Version, die Sie eingereicht haben. Vorher keine Antworten."
            ),
            _l(
                "Von Ihren Belegen die Bezeichnungen, die Sie in der Erklärung nennen, und die Dateien, bei "
                "denen Sie „Prüfende dürfen diesen Beleg öffnen“ gewählt haben. Alle anderen Belege bleiben "
                "bei Ihnen."
            ),
            _l(
                "Was Sie danach den Prüfenden in Anmerkungen schreiben, mit dem Namen der Person, die es "
                "schreibt."
            ),
        ),
    ),
    ConsentClause(
        _l("Wenn Sie veröffentlichen"),
        (
            _l(
                "Was Sie veröffentlichen, kann jeder lesen. Führt das Cluster eine öffentliche Liste, steht "
                "es auch darin; damit sieht jeder, dass Ihr Unternehmen zum Cluster gehört."
            ),
        ),
    ),
    ConsentClause(
        _l("Nur wenn Sie es erlauben"),
        (
            _l(
                "Kennzahlen in Summen über mehrere Mitglieder, ab dem Berichtsjahr, das Sie wählen. Das "
                "Cluster bildet heute noch keine Summen. Später gibt es eine Summe nur, wenn mindestens fünf "
                "Unternehmen darin stecken."
            ),
        ),
    ),
    ConsentClause(
        _l("Nie"),
        (
            _l(
                "Entwürfe, Versionen, die Sie nicht eingereicht haben, und Ihre internen Anmerkungen. Ihre "
                "Selbsteinschätzung nur, wenn Sie sie selbst in die Erklärung aufnehmen."
            ),
        ),
    ),
)
ENDING = _l(
    "Sie können die Einwilligung jederzeit widerrufen. Dann sieht das Cluster sofort nur noch, was Sie "
    "veröffentlicht haben, und in seinem Protokoll, dass Sie Mitglied waren. Die Erklärung gehört immer "
    "Ihnen."
)
