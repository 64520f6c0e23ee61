"""Titles of the fields in the activity log, their values in words, and where they stand."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from dnk_tool import language as languages
from dnk_tool.catalogue import Catalogue, Indicator
from dnk_tool.catalogue.self_checks import load_self_checks
from dnk_tool.domain.answers.goals import GoalOutcome
from dnk_tool.domain.answers.self_assessment import Rating
from dnk_tool.domain.answers.self_check import SelfCheckAnswer
from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.measures.climate_goal import Neutrality, Scope2Method
from dnk_tool.domain.measures.model import MeasureState
from dnk_tool.language import Language
from dnk_tool.services.activity import SaveDiff
from dnk_tool.store.tables.declarations import Event
from dnk_tool.web.http.languages import LANGUAGE_NAMES
from dnk_tool.web.measures.path_texts import scope3_label
from dnk_tool.web.text.labels import label_of

FIELD_TITLES: Mapping[str, Any] = {
    "name": _l("Name"),
    "legal_form": _l("Rechtsform"),
    "sector": _l("Branche"),
    "employees": _l("Zahl der Beschäftigten"),
    "turnover": _l("Jahresumsatz"),
    "address": _l("Anschrift"),
    "website": _l("Website"),
    "sites": _l("Standorte"),
    "contact": _l("Ansprechperson"),
    "reporting_boundary": _l("Wofür die Erklärung gilt"),
    "indicator_set": _l("Indikatorenset"),
    "reporting_year": _l("Berichtsjahr"),
    "language": _l("Sprache"),
    "gwp_set": _l("Bericht des IPCC für das ganze Jahr"),
    "options": _l("Zusatzangaben"),
    "publishes_assessment": _l("Selbsteinschätzung veröffentlichen"),
    "has_material_flow": _l("Stofffluss in der Erklärung"),
    "rating": _l("Stufe"),
    "measures": _l("Maßnahmen"),
    "scope_sites": _l("Standorte, die in den Zahlen enthalten sind"),
    "scope_note": _l("Warum das anders ist als im Vorjahr"),
    "goal_outcome": _l("Ergebnis"),
    "goal_reason": _l("Warum?"),
    "goal_outlook": _l("Wie geht es weiter?"),
    "sentence": _l("Begründung"),
    "is_printed": _l("In der Erklärung drucken"),
    "evidence_title": _l("Bezeichnung"),
    "valid_until": _l("Gültig bis"),
    "is_listed": _l("In der Erklärung genannt"),
    "is_for_review": _l("Für Prüfende sichtbar"),
    "is_findable": _l("Suchmaschinen dürfen Veröffentlichtes zeigen"),
    "is_quotable": _l("Andere Unternehmen dürfen Texte als Beispiel lesen"),
    "accent": _l("Farbe der Erklärung"),
    "logo": _l("Logo"),
    "portrait": _l("Bild zum Vorwort"),
    "has_questions": _l("Fragen an das Unternehmen drucken"),
    "has_public_list": _l("Öffentliche Liste der Mitglieder"),
    "measure_owners": _l("Wer sich um die Maßnahmen kümmert"),
    "climate_base": _l("Basisjahr und Ausgangswert"),
    "climate_base_reason": _l("Warum das Basisjahr neu berechnet ist"),
    "climate_target": _l("Zieljahr und Ziel"),
    "climate_scope2": _l("Scope 2"),
    "climate_scope3": _l("Scope 3 im Ziel"),
    "climate_neutral_year": _l("Leitziel: Jahr"),
    "climate_neutrality": _l("Leitziel: was es heißt"),
    "climate_grid": _l("Annahme zum Netzstrom"),
    "climate_in_declaration": _l("Pfad in der Erklärung"),
    "measure_text": _l("Maßnahme"),
    "measure_state": _l("Stand"),
    "measure_due": _l("Bis wann"),
    "measure_effect": _l("Wirkung"),
}
NEIGHBOUR_EVENTS = (EventKind.NEIGHBOUR_PROPOSED, EventKind.NEIGHBOUR_ACCEPTED, EventKind.NEIGHBOUR_ENDED)
BOOLEAN_FIELDS = frozenset(
    {
        "publishes_assessment",
        "has_material_flow",
        "is_printed",
        "is_listed",
        "is_for_review",
        "is_findable",
        "is_quotable",
        "has_questions",
        "has_public_list",
        "climate_in_declaration",
    }
)


def field_title(name: str) -> str:
    """The field's title; its key if it has none."""
    return str(FIELD_TITLES.get(name, name))


def value_texts(
    name: str, said: list[Any], catalogue: Catalogue | None, language: Language
) -> tuple[str, str]:
    """The field's values before and after, in words; only "changed" for values that name a person."""
    if len(said) != 2:
        return "", str(_("geändert"))
    before, after = (_value_text(name, value, catalogue, language) for value in said)
    return before, after


def changed_replies(detail: Mapping[str, Any], language: Language) -> Iterator[tuple[str, str, str]]:
    """Yield each changed answer of a quick check: question (or its key, if removed), before, after."""
    check = load_self_checks().get(detail.get("self_check", ""))
    texts = {question.key: question.text.to(language) for question in check.questions} if check else {}
    for key, both in detail.get("replies", {}).items():
        before, after = (label_of(SelfCheckAnswer(reply)) if reply else str(_("offen")) for reply in both)
        yield texts.get(key, key), before, after


def cohort_notes(detail: Mapping[str, Any]) -> Iterator[str]:
    """The cohort of an event, and how many members were put into it, out of it, or into a release."""
    if "entering" in detail:
        yield ngettext("aus %(num)d Unternehmen", "aus %(num)d Unternehmen", detail["entering"])
    if "cohort" in detail:
        yield detail["cohort"] or _("Alle Mitglieder")
    if detail.get("removed"):
        yield _("gelöscht")
    count = detail.get("assigned", 0)
    if count and "cohort" in detail:
        yield ngettext("%(num)d Unternehmen zugeordnet", "%(num)d Unternehmen zugeordnet", count)
    elif count:
        yield ngettext("%(num)d dieses Jahr nicht dabei", "%(num)d dieses Jahr nicht dabei", count)
    if "released" in detail:
        yield ngettext(
            "%(num)d Zuordnung zurückgenommen", "%(num)d Zuordnungen zurückgenommen", detail["released"]
        )


def consent_wording_label(detail: Mapping[str, Any]) -> str:
    """The edition of the consent's text, and the language in which it was agreed to."""
    if "wording" not in detail:
        return ""
    language = {"de": _("auf Deutsch"), "en": _("auf Englisch")}.get(detail["language"], "")
    words = _("Einwilligungstext %(edition)s, %(language)s", edition=detail["wording"], language=language)
    return str(words)


def without_account(event: Event) -> str:
    """Who did something where no account stands: managers of residues and of neighbours are not named."""
    if event.by_account:
        return str(_("(gelöschtes Konto)"))
    by_cluster = event.kind is EventKind.RESIDUE_TAKEN_DOWN
    if event.kind in NEIGHBOUR_EVENTS:
        return str(_("Leitung des Nachbarnetzwerks"))
    return str(_("Leitung des Clusters") if by_cluster else _("(ohne Konto)"))


def membership_ending(detail: Mapping[str, Any]) -> str:
    """Who ended a membership: the company by its withdrawal, or the cluster."""
    return str(_("vom Cluster") if detail.get("by_cluster") else _("Einwilligung widerrufen"))


def consent_answers(detail: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each permission that an event of a consent gives or takes, by title, and the answer."""
    given = {choice: detail.get("choices", {}).get(choice) for choice in ConsentChoice}
    words = {True: str(_("erlaubt")), False: str(_("nicht erlaubt"))}
    return [(label_of(choice), words[answer]) for choice, answer in given.items() if answer is not None]


def consent_answers_text(detail: Mapping[str, Any]) -> str:
    """The same in one line; "" for an event without such answers."""
    return "; ".join(f"{title}: {answer}" for title, answer in consent_answers(detail))


def _value_text(name: str, value: Any, catalogue: Catalogue | None, language: Language) -> str:
    match name:
        case "indicator_set" | "options":
            return _titles([value] if isinstance(value, str) else value, catalogue, language)
        case "language":
            return LANGUAGE_NAMES.get(value, str(value))
        case "accent":
            return str(value or _("die übliche"))
        case _ if name in BOOLEAN_FIELDS:
            return str(_("ja") if value else _("nein"))
        case "valid_until":
            return languages.format_long_date(date.fromisoformat(value), language) if value else ""
        case "goal_outcome":
            return label_of(GoalOutcome(value)) if value else ""
        case "rating":
            return label_of(Rating(value)) if value else ""
        case "climate_scope2":
            return label_of(Scope2Method(value)) if value else ""
        case "climate_scope3":
            return "; ".join(map(scope3_label, value.split()))
        case "climate_neutrality":
            return label_of(Neutrality(value)) if value else ""
        case "measure_state":
            return label_of(MeasureState(value)) if value else ""
        case "measure_due":
            return languages.format_long_date(date.fromisoformat(value), language) if value else ""
        case "measures":
            return "; ".join(_measure(text, due, language) for text, due in value)
        case _:
            return str(value)


def _titles(keys: list[str], catalogue: Catalogue | None, language: Language) -> str:
    titles: dict[str, str] = {}
    if catalogue:
        titles |= {
            indicator_set.key: indicator_set.title.to(language) for indicator_set in catalogue.indicator_sets
        }
        titles |= {option.key: option.title.to(language) for option in catalogue.options}
    return ", ".join(titles.get(key, key) for key in keys) or str(_("keine"))


def _measure(text: str, due: str, language: Language) -> str:
    if not due:
        return text
    day = languages.format_long_date(date.fromisoformat(due), language)
    return str(_("%(text)s (bis %(day)s)", text=text, day=day))


def section_href(event: Event, changes: SaveDiff) -> str:
    """The section's page of the first change; "" if the declaration does not ask for it any more."""
    first = next((change.requirement for change in changes.shown if change.requirement), None)
    if first is None or "section" not in event.detail:
        return ""
    place = {"declaration_id": event.declaration_id, "section_ref": event.detail["section"]}
    if isinstance(first, Indicator):
        return url_for("criterion.figures", **place, indicator_ref=first.ref)
    return url_for("criterion.show", **place)
