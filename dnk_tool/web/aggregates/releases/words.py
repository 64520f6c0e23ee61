"""The words of a released number: its name, group and amount, and the rule that withholds it."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dnk_tool.catalogue import editions, load_catalogue
from dnk_tool.catalogue.aggregation_rules import load_aggregation_rules
from dnk_tool.catalogue.sectors import load_sectors
from dnk_tool.catalogue.standard.item_model import Datapoint, UnitFamily
from dnk_tool.domain.aggregates.model import Difference, Group, PerUnit, ReleasedNumber, Rule
from dnk_tool.domain.aggregates.small_counts import ShownCount
from dnk_tool.labels import PLAIN_COUNT, label
from dnk_tool.language import Language, format_number
from dnk_tool.report.view.cluster.words import PER_UNIT, in_larger_unit

DIFFERENCE: Mapping[Difference, object] = {
    Difference.BOUNDARY: _l("andere Grenze"),
    Difference.GASES: _l("andere Gase"),
    Difference.ESTIMATED: _l("geschätzt"),
}


def figure_name(key: str, language: Language) -> str:
    """The name of a figure of a release; its key if it is no figure any more."""
    figure = next((each for each in load_aggregation_rules().figures if each.key == key), None)
    if figure is not None and figure.label.de:
        return figure.label.to(language)
    point = _datapoints().get(key)
    return point.label.to(language) if point else key


def group_name(group: Group, language: Language) -> str:
    """The name of a part of the members, such as "Verarbeitendes Gewerbe, die anderen"."""
    sections = {section.key: section.label for section in load_sectors().current.sections}
    names = [sections[group.section].to(language)] if group.section in sections else []
    names += [label(group.size, language)] if group.size else []
    if group.is_rest and not names:
        return str(_("Die anderen"))
    names += [_("die anderen")] if group.is_rest else []
    return ", ".join(names) or _("Alle Mitglieder")


def count_text(shown: ShownCount) -> str:
    """The count, or between which steps it is: "unter 5" also for none."""
    if shown.is_exact:
        return str(shown.count)
    least = load_aggregation_rules().sum_companies
    return str(
        _("mindestens %(least)s", least=shown.count) if shown.count else _("unter %(least)s", least=least)
    )


def per_text(per: PerUnit) -> str:
    """What a middle value is stated for."""
    return str(_(PER_UNIT[per]))


def rule_title(rule: Rule, language: Language) -> str:
    """The rule in a few words, as the rules on the page explain it."""
    return load_aggregation_rules().explanations[rule.value].title.to(language)


def rule_text(rule: Rule, language: Language) -> str:
    """The rule in one sentence with its numbers."""
    return load_aggregation_rules().explanations[rule.value].text.to(language)


def number_text(number: ReleasedNumber | None, language: Language) -> str:
    """The number with its unit, in a larger one where that is easier to read; "" where it is withheld."""
    if number is None or number.value is None:
        return ""
    family = _family(number)
    if family is None:
        return f"{format_number(number.value, language)} {number.unit}"
    value, unit = in_larger_unit(number.value, number.unit, family.units)
    shown = "" if unit == PLAIN_COUNT else f"\u00a0{family.units[unit].display.to(language)}"
    return f"{format_number(value, language)}{shown}"


def _family(number: ReleasedNumber) -> UnitFamily | None:
    """The family of the number's unit: that of its datapoint, or of another one that has the unit."""
    point = _datapoints().get(number.figure)
    families = [point.family] if point else []
    families += list(load_catalogue(editions()[-1]).families.values())
    return next((family for family in families if number.unit in family.units), None)


def _datapoints() -> Mapping[str, Datapoint]:
    return load_catalogue(editions()[-1]).datapoints
