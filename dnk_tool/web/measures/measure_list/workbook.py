"""A company's measures as a workbook in the shape that programmes of networks ask for."""

from collections.abc import Iterable, Iterator, Sequence

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.catalogue.measure_kinds import load_measure_kinds
from dnk_tool.domain.measures.measure_list import MeasureColumn
from dnk_tool.domain.measures.model import CompanyMeasure
from dnk_tool.domain.measures.sums import MeasureSum, sum_in_full_years
from dnk_tool.domain.permissions import Permission
from dnk_tool.report.files import spreadsheet
from dnk_tool.report.files.spreadsheet import CellValue, Worksheet, computed_number, typed_number
from dnk_tool.report.formats import XLSX
from dnk_tool.store.measures import measures
from dnk_tool.web.exports.responses import attachment
from dnk_tool.web.http.access import current_organisation, permit
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.measures.measure_list.labels import column_texts
from dnk_tool.web.measures.measure_list.pages import blueprint
from dnk_tool.web.text.labels import label_of


@blueprint.get("/massnahmen.xlsx")
@permit(Permission.ORGANISATION_VIEW)
def xlsx(organisation_id: int) -> ResponseReturnValue:
    own = list(measures.of_company(db(), organisation_id).values())
    sheets = (
        Worksheet(_("Maßnahmen"), [_("Nr."), *_columns().values()], list(_rows(own)), wrapped=(1,)),
        Worksheet(_("Summen"), [_("Angabe"), _("Wert")], list(_sums(own))),
    )
    name = f"{_('Maßnahmen')} {current_organisation().name}.xlsx"
    return attachment(spreadsheet.to_workbook(sheets, language=current_language()), XLSX.media_type, name)


def _columns() -> dict[MeasureColumn, str]:
    return {column: text for column, text in column_texts().items() if column is not MeasureColumn.MWH}


def _rows(own: Iterable[CompanyMeasure]) -> Iterator[Sequence[CellValue]]:
    kinds, language = load_measure_kinds(), current_language()
    for number, each in enumerate(own, start=1):
        effect = each.effect
        carriers = [
            kinds.carriers[one.carrier].label.to(language)
            for one in effect.energy
            if one.carrier in kinds.carriers
        ]
        kind = kinds.kinds.get(each.kind)
        yield [
            number,
            each.text,
            kind.label.to(language) if kind else "",
            str(label_of(each.state)),
            ", ".join(dict.fromkeys(carriers)),
            computed_number(effect.kwh, "kWh"),
            computed_number(effect.t_co2e, "t-co2e"),
            typed_number(effect.cost_eur),
            typed_number(each.investment_eur),
            each.from_year,
            each.lifetime,
            str(label_of(effect.basis)) if effect.basis else "",
            each.owner,
        ]


def _sums(own: Sequence[CompanyMeasure]) -> Iterator[Sequence[CellValue]]:
    """What the decided measures save in a full year, once all have begun."""
    total: MeasureSum = sum_in_full_years(own, load_measure_kinds())
    yield [_("Beschlossene Maßnahmen"), total.decided]
    yield [_("davon mit Wirkung"), total.with_effect]
    yield [_("kWh im Jahr"), computed_number(total.kwh, "kWh")]
    yield [_("t CO₂e im Jahr"), computed_number(total.t_co2e, "t-co2e")]
    yield [_("€ im Jahr"), typed_number(total.cost_eur)]
