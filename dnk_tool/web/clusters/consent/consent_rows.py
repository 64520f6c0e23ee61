"""Rows of a summary list about one consent: since when, what the cluster sees, what can be changed."""

from collections.abc import Collection, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from dnk_tool.domain.clusters.consent_editions import (
    EDITIONS_WITH_CHOICES,
    EDITIONS_WITH_PUBLIC_LIST,
    ConsentChoice,
)
from dnk_tool.domain.permissions import Permission, can
from dnk_tool.language import format_long_date
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.web.clusters.consent.wording import CHOICES, FIGURES, LATER_CHOICES
from dnk_tool.web.http.access import current_actor, current_subject
from dnk_tool.web.http.languages import current_language

Row = dict[str, Any]


def consent_rows(
    cluster: Cluster,
    consent: Consent,
    *,
    allowed: Collection[ConsentChoice],
    wording: str,
    years: Sequence[int],
    granted_by: str,
) -> list[Row]:
    """The consent as rows of a summary list.

    `allowed`: what it allows on top of the membership;
    `wording`: label of the wording agreed to; `years`: reporting years submitted to the cluster;
    `granted_by`: who agreed, "" if unknown.
    """
    day = format_long_date(consent.granted_at, current_language())
    rows = [
        {"key": _("Mitglied seit"), "value": f"{day}, {granted_by}" if granted_by else day},
        {
            "key": _("Sieht immer"),
            "value": _(
                "Stand und Fortschritt Ihrer Erklärungen und wer bei Ihnen leitet oder bearbeitet, "
                "keine Antworten"
            ),
        },
        {"key": _("Sieht Antworten"), "value": _submitted_text(years)},
        _aggregates_row(consent),
        *_choice_rows(consent, allowed),
    ]
    if cluster.has_public_list:
        rows.append(_public_list_row(consent))
    if wording:
        rows.append({"key": _("Eingewilligt in"), "value": wording})
    if cluster.contact:
        rows.append({"key": _("Fragen beantwortet"), "value": cluster.contact})
    return rows


def _submitted_text(years: Sequence[int]) -> str:
    if not years:
        return str(_("derzeit keine; erst wenn Sie eine Erklärung einreichen"))
    return str(_("der Versionen, die Sie für %(years)s eingereicht haben", years=", ".join(map(str, years))))


def _aggregates_row(consent: Consent) -> Row:
    year = consent.aggregates_from
    has_comparison = consent.edition in EDITIONS_WITH_CHOICES
    return {
        "key": FIGURES.title if has_comparison else _("Kennzahlen in Summen"),
        "value": _("ab dem Berichtsjahr %(year)s", year=year) if year else _("nie"),
        "actions": [{"href": _address("consents.edit", consent)}] if _may_change() else [],
    }


def _choice_rows(consent: Consent, allowed: Collection[ConsentChoice]) -> list[Row]:
    if consent.edition not in EDITIONS_WITH_CHOICES:
        return []
    later = LATER_CHOICES if ConsentChoice.RESIDUES in allowed else {}
    return [
        {
            "key": words.title,
            "value": _("erlaubt") if choice in allowed else _("nicht erlaubt"),
            "actions": [{"href": _address("consents.edit_choice", consent, choice=choice.value)}]
            if _may_change()
            else [],
        }
        for choice, words in (CHOICES | later).items()
    ]


def _public_list_row(consent: Consent) -> Row:
    is_listed = consent.edition in EDITIONS_WITH_PUBLIC_LIST
    listed = _("nennt Ihr Unternehmen mit dem, was Sie veröffentlichen")
    not_listed = _(
        "nennt Ihr Unternehmen nicht: Davon stand nichts in der Einwilligung, mit der Sie beigetreten sind"
    )
    agree = {"href": _address("consents.ask_to_renew", consent), "text": _("Zustimmen")}
    return {
        "key": _("Öffentliche Liste"),
        "value": listed if is_listed else not_listed,
        "actions": [agree] if _may_change() and not is_listed else [],
    }


def _may_change() -> bool:
    return can(Permission.ORGANISATION_OWN, current_actor(), current_subject())


def _address(endpoint: str, consent: Consent, **more: Any) -> str:
    return url_for(endpoint, organisation_id=consent.organisation_id, consent_id=consent.id, **more)
