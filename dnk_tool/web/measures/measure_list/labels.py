"""The words of a list of measures: its columns, and the faults of its rows."""

from collections.abc import Mapping

from flask_babel import gettext as _

from dnk_tool.catalogue.measure_kinds import load_measure_kinds
from dnk_tool.domain.answers.values import FIRST_YEAR, LAST_YEAR
from dnk_tool.domain.measures.measure_list import LONGEST_TEXT, CheckedMeasure, MeasureColumn, MeasureRowFault
from dnk_tool.domain.measures.model import EffectBasis, MeasureState
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.labels import label_of


def column_texts() -> dict[MeasureColumn, str]:
    """What the columns can hold, in words."""
    return {
        MeasureColumn.TEXT: _("Maßnahme"),
        MeasureColumn.KIND: _("Art der Maßnahme"),
        MeasureColumn.STATE: _("Stand"),
        MeasureColumn.CARRIER: _("Energieträger"),
        MeasureColumn.KWH: _("kWh im Jahr"),
        MeasureColumn.MWH: _("MWh im Jahr"),
        MeasureColumn.T_CO2E: _("t CO₂e im Jahr"),
        MeasureColumn.COST: _("€ im Jahr"),
        MeasureColumn.INVESTMENT: _("€ Investition"),
        MeasureColumn.YEAR: _("Wirkt ab"),
        MeasureColumn.LIFETIME: _("Lebensdauer (Jahre)"),
        MeasureColumn.BASIS: _("Herkunft der Zahl"),
        MeasureColumn.OWNER: _("Verantwortlich"),
    }


def fault_text(row: CheckedMeasure) -> str:
    """What is wrong with the row, and what helps; "" for nothing."""
    if row.fault is None:
        return ""
    words: Mapping[MeasureRowFault, str] = {
        MeasureRowFault.NO_TEXT: _("Hier fehlt, was getan wird."),
        MeasureRowFault.LONG_TEXT: _(
            "Kürzen Sie diesen Text auf höchstens %(most)s Zeichen.", most=LONGEST_TEXT
        ),
        MeasureRowFault.UNKNOWN_WORD: _(
            "„%(word)s“ kennen wir nicht. Wählen Sie aus der Liste.", word=row.texts.get(row.column, "")[:60]
        ),
        MeasureRowFault.NOT_A_NUMBER: _("Schreiben Sie hier nur eine Zahl, zum Beispiel 1.250,5."),
        MeasureRowFault.NOT_A_YEAR: _(
            "Schreiben Sie ein Jahr von %(first)s bis %(last)s mit vier Ziffern, zum Beispiel 2026.",
            first=FIRST_YEAR,
            last=LAST_YEAR,
        ),
        MeasureRowFault.NOT_A_LIFETIME: _("Schreiben Sie ganze Jahre von 1 bis 60, zum Beispiel 15."),
        MeasureRowFault.NO_CARRIER: _("Wählen Sie den Energieträger der kWh."),
        MeasureRowFault.KNOWN: _("Steht schon in Ihrem Verzeichnis."),
        MeasureRowFault.TWICE: _("Steht weiter oben in der Liste."),
    }
    return str(words[row.fault])


def words_of(column: MeasureColumn) -> list[str]:
    """The words that a cell of the column may hold; empty where it is free."""
    kinds, language = load_measure_kinds(), current_language()
    known = {
        MeasureColumn.KIND: [kind.label.to(language) for kind in kinds.kinds.values()],
        MeasureColumn.CARRIER: [carrier.label.to(language) for carrier in kinds.carriers.values()],
        MeasureColumn.STATE: [str(label_of(state)) for state in MeasureState],
        MeasureColumn.BASIS: [str(label_of(basis)) for basis in EffectBasis],
    }
    return known.get(column, [])
