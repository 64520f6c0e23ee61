"""The wording of the consent to a cluster, and its edition."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from dnk_tool.domain.clusters import consent_editions
from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.web.text.labels import CONSENT_CHOICE

# Changed words need a new edition; a test compares them.
EDITION = consent_editions.NEWEST_EDITION


@dataclass(frozen=True)
class ConsentClause:
    """When, or on which condition, the cluster sees something, and what, one sentence each.

    `has_choices`: FIGURES and CHOICES belong to it.
    """

    when: Any
    sentences: tuple[Any, ...]
    has_choices: bool = False


@dataclass(frozen=True)
class ChoiceWords:
    """What a company allows: its title, what happens then, and what happens when it takes that back."""

    title: Any
    sentence: Any
    afterwards: Any


FIGURES = ChoiceWords(
    _l("Kennzahlen in Summen und im Vergleich"),
    _l(
        "Ihre Kennzahlen gehen ab dem Berichtsjahr, das Sie wählen, in Summen und Vergleiche über mehrere "
        "Mitglieder ein. Beides gibt es nur, wenn mindestens fünf Unternehmen darin stecken, und ohne Namen."
    ),
    _l("Neue Summen und Vergleiche entstehen ohne Ihre Kennzahlen."),
)
CHOICES: dict[ConsentChoice, ChoiceWords] = {
    ConsentChoice.PROFILE: ChoiceWords(
        _l(CONSENT_CHOICE[ConsentChoice.PROFILE]),
        _l(
            "Das Cluster sieht aus Ihrem Profil die Branche und die Zahl der Beschäftigten als Größenklasse, "
            "und aus Ihrer Erklärung das Indikatorenset. So kann es passende Gruppen bilden."
        ),
        _l("Das Cluster sieht diese Angaben sofort nicht mehr."),
    ),
    ConsentChoice.SUPPORT: ChoiceWords(
        _l(CONSENT_CHOICE[ConsentChoice.SUPPORT]),
        _l(
            "Das Team des Clusters hält fest, ob jemand von Ihnen bei einem Termin war, und macht sich "
            "Notizen zu Ihrem Unternehmen. Das lesen nur das Team und, auf der Seite „Cluster“, wer bei "
            "Ihnen leitet."
        ),
        _l("Alle Notizen und Einträge zur Teilnahme werden sofort gelöscht."),
    ),
    ConsentChoice.EARLIER_VERSION: ChoiceWords(
        _l(CONSENT_CHOICE[ConsentChoice.EARLIER_VERSION]),
        _l(
            "Wer prüft, sieht neben Ihrer Erklärung die des Jahres davor, in der Version, die Sie diesem "
            "Cluster eingereicht haben."
        ),
        _l("Wer prüft, sieht wieder nur das Berichtsjahr."),
    ),
    ConsentChoice.MEASURES: ChoiceWords(
        _l(CONSENT_CHOICE[ConsentChoice.MEASURES]),
        _l(
            "Was Sie sich vorgenommen haben, zählt ohne Ihren Namen bei gemeinsamen Zielen des Clusters mit, "
            "nie in einer Gruppe von weniger als fünf Unternehmen."
        ),
        _l("Ihre Maßnahmen zählen sofort nicht mehr mit."),
    ),
    ConsentChoice.EXAMPLES: ChoiceWords(
        _l(CONSENT_CHOICE[ConsentChoice.EXAMPLES]),
        _l(
            "Das Cluster darf Sie fragen, ob es eine gelungene Antwort von Ihnen den anderen Mitgliedern "
            "zeigen darf. Gezeigt wird nur, wozu Sie dann im Einzelnen Ja sagen."
        ),
        _l("Das Cluster fragt nicht mehr, und gezeigte Beispiele verschwinden."),
    ),
    ConsentChoice.RESIDUES: ChoiceWords(
        _l(CONSENT_CHOICE[ConsentChoice.RESIDUES]),
        _l(
            "Welche Reststoffe Sie anbieten oder suchen, sehen die anderen Mitglieder mit Menge und Region, "
            "ohne Ihren Namen. Gezeigt wird nur, was Sie im Einzelnen freigeben."
        ),
        _l("Ihre Angebote verschwinden sofort."),
    ),
}
# Asked by itself, on its page, once what it belongs to is allowed: no edition holds it.
LATER_CHOICES: dict[ConsentChoice, ChoiceWords] = {
    ConsentChoice.RESIDUE_NEIGHBOURS: ChoiceWords(
        _l(CONSENT_CHOICE[ConsentChoice.RESIDUE_NEIGHBOURS]),
        _l(
            "Auch Mitglieder benachbarter Netzwerke sehen Ihre Einträge, ohne Ihren Namen, mit dem Namen "
            "Ihres Clusters. Ein Nachbarnetzwerk ist ein anderes Cluster, wenn die Leitungen von beiden das "
            "vereinbart haben."
        ),
        _l(
            "Kein Nachbarnetzwerk sieht Ihre Einträge mehr, und Anfragen von dort und dorthin werden "
            "gelöscht. In Ihrem Cluster bleiben sie stehen."
        ),
    )
}


WORDS = (
    ConsentClause(
        _l("Ab dem Beitritt, immer"),
        (
            _l(
                "Den Namen Ihres Unternehmens, seit wann es Mitglied ist und was Sie von dem erlauben, was "
                "unten einzeln steht."
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
                "Jede dieser Erlaubnisse steht für sich. Keine ist nötig, um Mitglied zu sein. Jede können "
                "Sie jederzeit geben und zurücknehmen."
            ),
        ),
        has_choices=True,
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


def choice_items() -> list[dict[str, Any]]:
    """The choices as options of a form, with what each means."""
    return [
        {"value": choice.value, "label": words.title, "hint": explained_choice(choice)}
        for choice, words in CHOICES.items()
    ]


def choice_words(choice: ConsentChoice) -> ChoiceWords:
    """The words of a choice, also of one that no edition asks for."""
    return (CHOICES | LATER_CHOICES)[choice]


def explained_choice(choice: ConsentChoice) -> str:
    """What a choice means."""
    return str(choice_words(choice).sentence)
