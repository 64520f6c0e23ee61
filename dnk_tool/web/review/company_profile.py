"""The company's profile in a frozen version, for reading and comparing."""

from decimal import Decimal

from flask_babel import gettext as _

from dnk_tool.catalogue import load_sectors
from dnk_tool.domain.declarations.document import Document
from dnk_tool.language import Language, format_number
from dnk_tool.web.text.sectors import sector_text

# The catalogue's derived labels for the profile begin with this.
PROFILE_PREFIX = "organisation."


def profile_texts(document: Document, language: Language) -> dict[str, tuple[str, str]]:
    """Label and text of each part of the profile, by key; empty parts have empty texts."""
    profile = document.organisation
    form = load_sectors().legal_forms.get(profile.legal_form)
    said = {
        "name": profile.name,
        "address": profile.address,
        "legal-form": form.label.to(language) if form else profile.legal_form,
        "sector": sector_text(profile.sector, language),
        "employees": "" if profile.employees is None else format_number(Decimal(profile.employees), language),
        "turnover": _turnover(document, language),
        "website": profile.website,
        "sites": "\n".join(
            ", ".join(part for part in (site.name, site.address.replace("\n", ", ")) if part)
            for site in profile.sites
        ),
    }
    labels = {key: label.to(language) for key, label in document.selection.catalogue.derived}
    # The standard does not ask for the website, so it has no label there.
    return {key: (labels.get(PROFILE_PREFIX + key) or _("Website"), text) for key, text in said.items()}


def _turnover(document: Document, language: Language) -> str:
    turnover = document.organisation.turnover
    if turnover is None:
        return ""
    units = document.selection.catalogue.families["money"].units
    unit = units[turnover.unit].display.to(language) if turnover.unit in units else turnover.unit
    return f"{format_number(turnover.value, language)} {unit}"
