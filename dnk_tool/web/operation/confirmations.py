"""The operator's page that confirms members of clusters as real firms, all at once, and takes that back."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from dnk_tool.domain.permissions import Permission
from dnk_tool.language import format_short_date, local_day
from dnk_tool.services.aggregates import confirmations as service
from dnk_tool.services.aggregates.confirmations import FirmToConfirm, Hindrance, NotToVouchFor
from dnk_tool.store.aggregates.confirmations import MemberFirm
from dnk_tool.web.accounts.step_up import requires_step_up
from dnk_tool.web.http.access import current_work, permit
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.operation.overview import blueprint

HINDRANCES = {
    Hindrance.OWN: _l("Sie haben dort gearbeitet. Das bestätigt jemand anders aus dem Betrieb."),
    Hindrance.TEAM: _l("Sie gehören zum Team des Clusters. Das bestätigt jemand anders aus dem Betrieb."),
}


@dataclass(frozen=True)
class FirmRow:
    """A company with what helps to tell whether it is real, or when it was confirmed; `value`: its id."""

    value: int
    label: str
    hint: str


@blueprint.get("/bestaetigungen")
@permit(Permission.INSTALLATION_RUN)
def confirmations() -> ResponseReturnValue:
    firms = service.firms_to_confirm(current_work())
    free = [each for each in firms if each.hindrance is None]
    return render_template(
        "operation/confirmations.html",
        open_firms=list(_rows((each for each in free if not each.is_confirmed), firms)),
        confirmed=list(_rows((each for each in free if each.is_confirmed), firms)),
        others=[(each.firm.name, HINDRANCES[each.hindrance]) for each in firms if each.hindrance],
    )


@blueprint.post("/bestaetigungen")
@permit(Permission.INSTALLATION_RUN)
@requires_step_up
def change_confirmations() -> ResponseReturnValue:
    """Confirm the ticked members, or take that back, by the pressed button."""
    names = ("company", "shown") if request.form.get("all") else ("company",)
    ticked = {whole_number(each) for name in names for each in request.form.getlist(name)} - {None}
    companies = [each for each in ticked if each is not None]
    if not companies:
        flash(_("Kreuzen Sie zuerst an, um welche Unternehmen es geht."), "info")
        return _back()
    try:
        _change(companies)
    except NotToVouchFor:
        flash(
            _(
                "Eines davon gehört inzwischen zu keinem Cluster mehr, oder jemand anders muss es "
                "bestätigen. Es wurde nichts geändert."
            ),
            "warning",
        )
    return _back()


def _change(companies: Sequence[int]) -> None:
    if request.form.get("action") == "end":
        count = service.end_confirmations(current_work(), companies)
        text = ngettext(
            "%(num)d Unternehmen ist nicht mehr bestätigt. Was freigegeben ist, bleibt.",
            "%(num)d Unternehmen sind nicht mehr bestätigt. Was freigegeben ist, bleibt.",
            count,
        )
    else:
        count = service.confirm_firms(current_work(), companies)
        text = ngettext(
            "%(num)d Unternehmen ist bestätigt. Es zählt ab der nächsten Vorschau.",
            "%(num)d Unternehmen sind bestätigt. Sie zählen ab der nächsten Vorschau.",
            count,
        )
    flash(text, "success")


def _back() -> ResponseReturnValue:
    return redirect(url_for("operation.confirmations"), 303)


def _rows(wanted: Iterable[FirmToConfirm], all_firms: Sequence[FirmToConfirm]) -> Iterator[FirmRow]:
    led: dict[str, list[str]] = {}
    for each in all_firms:
        for owner in each.firm.owners:
            led.setdefault(owner, []).append(each.firm.name)
    for one in wanted:
        firm = one.firm
        said = (_confirmed(firm), ", ".join(firm.clusters.values())) if one.is_confirmed else _told(firm, led)
        yield FirmRow(firm.id, firm.name, " · ".join(said))


def _confirmed(firm: MemberFirm) -> str:
    day = _day(firm.confirmed_at) if firm.confirmed_at else ""
    if not firm.confirmed_by:
        return str(_("bestätigt am %(day)s", day=day))
    return str(_("bestätigt am %(day)s von %(name)s", day=day, name=firm.confirmed_by))


def _told(firm: MemberFirm, led: dict[str, list[str]]) -> Iterator[str]:
    """The clusters, since when there is a company, its owners, and which others the same person leads."""
    yield ", ".join(firm.clusters.values())
    yield _("angelegt am %(day)s", day=_day(firm.created_at))
    yield _("Leitung: %(people)s", people=", ".join(firm.owners)) if firm.owners else _("ohne Leitung")
    also = sorted({name for owner in firm.owners for name in led[owner]} - {firm.name})
    if also:
        yield _("dieselbe Person leitet auch %(companies)s", companies=", ".join(also))


def _day(moment: datetime) -> str:
    return format_short_date(local_day(moment), current_language())
