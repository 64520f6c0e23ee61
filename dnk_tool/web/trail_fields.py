"""What the trail calls a field that was changed, and what its values say in words."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dnk_tool import language as languages
from dnk_tool.catalogue import Catalogue
from dnk_tool.domain.assessment import Rating
from dnk_tool.language import Language
from dnk_tool.web.languages import OWN_NAMES
from dnk_tool.web.wizard.words import word

FIELDS: Mapping[str, Any] = {
    "name": _l("Name"),
    "legal_form": _l("Rechtsform"),
    "sector": _l("Branche"),
    "employees": _l("Zahl der Beschäftigten"),
    "turnover": _l("Jahresumsatz"),
    "address": _l("Anschrift"),
    "website": _l("Website"),
    "sites": _l("Standorte"),
    "contact": _l("Ansprechperson"),
    "indicator_set": _l("Indikatorenset"),
    "language": _l("Sprache"),
    "options": _l("Zusatzangaben"),
    "publishes_assessment": _l("Selbsteinschätzung veröffentlichen"),
    "rating": _l("Stufe"),
    "measures": _l("Maßnahmen"),
    "measure_owners": _l("Wer sich um die Maßnahmen kümmert"),
}


def field_title(name: str) -> str:
    """What the field is called."""
    return str(FIELDS.get(name, name))


def both_values(
    name: str, said: list[Any], catalogue: Catalogue | None, language: Language
) -> tuple[str, str]:
    """What the field said before and says since. Of what names a person, only that it changed."""
    if len(said) != 2:
        return "", str(_("geändert"))
    before, after = (_in_words(name, value, catalogue, language) for value in said)
    return before, after


def _in_words(name: str, value: Any, catalogue: Catalogue | None, language: Language) -> str:
    match name:
        case "indicator_set" | "options":
            return _titles([value] if isinstance(value, str) else value, catalogue, language)
        case "language":
            return OWN_NAMES.get(value, str(value))
        case "publishes_assessment":
            return str(_("ja") if value else _("nein"))
        case "rating":
            return word(Rating(value)) if value else ""
        case "measures":
            return "; ".join(_measure(text, due, language) for text, due in value)
        case _:
            return str(value)


def _titles(keys: list[str], catalogue: Catalogue | None, language: Language) -> str:
    titles: dict[str, str] = {}
    if catalogue:
        titles |= {one.key: one.title.to(language) for one in catalogue.indicator_sets}
        titles |= {one.key: one.title.to(language) for one in catalogue.options}
    return ", ".join(titles.get(key, key) for key in keys) or str(_("keine"))


def _measure(text: str, due: str, language: Language) -> str:
    if not due:
        return text
    day = languages.day(date.fromisoformat(due), language)
    return str(_("%(text)s (bis %(day)s)", text=text, day=day))
