"""The fields of a measure by name: for errors that read alike, and for what another person has changed."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.editing.versions import Stored
from dnk_tool.domain.measures.model import CompanyMeasure
from dnk_tool.web.measures.measure_form import CompanyMeasureForm, form_data
from dnk_tool.web.text.form_errors import FieldError, field_errors
from dnk_tool.web.text.options import Option

FIELD_NAMES: Mapping[str, LazyString] = {
    "text": _l("Maßnahme"),
    "kind": _l("Art"),
    "state": _l("Stand"),
    "due": _l("Bis wann?"),
    "owner": _l("Wer kümmert sich?"),
    "savings": _l("Energie"),
    "cost_eur": _l("Kosten gespart"),
    "water_m3": _l("Wasser"),
    "material_kg": _l("Material"),
    "waste_kg": _l("Abfall"),
    "t_co2e": _l("Treibhausgase"),
    "basis": _l("Wie haben Sie das ermittelt?"),
    "from_year": _l("Erstes volles Jahr"),
    "lifetime": _l("Nutzungsdauer in Jahren"),
    "investment_eur": _l("Investition"),
    "criterion": _l("Kriterium der Selbsteinschätzung"),
    "counts_for": _l("Zählt für"),
}


@dataclass(frozen=True, slots=True)
class ChangedField:
    """A field that another person filled otherwise: its name, and what stands there now."""

    name: str
    text: str


def summary_errors(form: CompanyMeasureForm) -> tuple[FieldError, ...]:
    """The errors for the summary; those of one wording are told apart by the name of their field."""
    errors = field_errors(form)
    times = Counter(error.text for error in errors)
    return tuple(
        replace(error, text=f"{_field_name(error.id)}: {error.text}") if times[error.text] > 1 else error
        for error in errors
    )


def changed_fields(
    form: CompanyMeasureForm, theirs: Stored[CompanyMeasure], options: Mapping[str, Sequence[Option]]
) -> list[ChangedField]:
    """What stands otherwise in `theirs` than in the form. `options`: the words of each field of choices."""
    other = CompanyMeasureForm(formdata=None, data=form_data(theirs))
    shown, typed = dict(_texts(other, options)), dict(_texts(form, options))
    return [
        ChangedField(str(FIELD_NAMES[name]), text or _("leer"))
        for name, text in shown.items()
        if text != typed[name]
    ]


def _field_name(field_id: str) -> str:
    rows, _dash, place = field_id.partition("-")
    if rows == "savings" and place:
        return str(_("Energie, Zeile %(number)s", number=int(place.split("-")[0]) + 1))
    return str(FIELD_NAMES.get(field_id, ""))


def _texts(form: CompanyMeasureForm, options: Mapping[str, Sequence[Option]]) -> Iterator[tuple[str, str]]:
    """Each field and what it shows."""
    for name in FIELD_NAMES:
        if name == "savings":
            yield name, ", ".join(_saving_texts(form, options[name]))
        elif name in options:
            yield name, _word(options[name], form[name].data)
        else:
            yield name, str(form[name]._value() if hasattr(form[name], "_value") else form[name].data or "")


def _saving_texts(form: CompanyMeasureForm, carriers: Sequence[Option]) -> Iterator[str]:
    for row in form.savings.text_rows():
        if row["amount"]:
            yield f"{_word(carriers, row['carrier'])}: {row['amount']}"


def _word(options: Sequence[Option], value: object) -> str:
    found = (str(one["label"]) for one in options if value and one["value"] == str(value))
    return next(found, "")
