"""The form of one figure."""

from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField

from dnk_tool.catalogue import load_catalogue
from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain.answers.answer import Figure, Quality
from dnk_tool.web.text.form_fields import LineField, NumberField


class FigureForm(FlaskForm):
    """All fields but the unit, which depends on the figure. `overwrite`: consent to replace a result."""

    value = NumberField()
    quality = SelectField(choices=["", *(quality.value for quality in Quality)], default="")
    note = LineField()
    source = LineField()
    responsible = LineField()
    version = HiddenField(default="0")
    overwrite = BooleanField()

    def validate(self, extra_validators: Any = None) -> bool:
        """Validate, and refuse a value together with "not available"."""
        is_valid = bool(super().validate(extra_validators))
        if self.value.data is not None and self.quality.data == Quality.NOT_AVAILABLE:
            self.value.errors = [
                _("Löschen Sie den Wert, oder wählen Sie etwas anderes als „liegt nicht vor“.")
            ]
            return False
        return is_valid

    def figure(self) -> Figure:
        """The figure as entered."""
        value = self.value.data
        return Figure(
            value,
            self["unit"].data if value is not None else "",
            Quality(self.quality.data) if self.quality.data else None,
            self.note.data or "",
            self.source.data or "",
            self.responsible.data or "",
        )


@lru_cache(maxsize=512)
def figure_form(edition: str, datapoint: str) -> type[FigureForm]:
    """Build the form of a datapoint, with the units of its family."""
    point = load_catalogue(edition).datapoints[datapoint]
    unit = SelectField(choices=list(point.family.units), default=point.default_unit)
    return type("OneFigureForm", (FigureForm,), {"unit": unit})


def form_data(point: Datapoint, figure: Figure, version: int) -> dict[str, Any]:
    """The form's initial data for the figure."""
    return {
        "value": figure.value,
        "unit": figure.unit or point.default_unit,
        "quality": figure.quality.value if figure.quality else "",
        "note": figure.note,
        "source": figure.source,
        "responsible": figure.responsible,
        "version": str(version),
    }
