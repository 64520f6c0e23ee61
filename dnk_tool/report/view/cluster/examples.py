"""Writes the chapter on good examples: those that their companies let everybody read, in their own words."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from dnk_tool.catalogue.measure_kinds import load_measure_kinds
from dnk_tool.domain.exchange.examples import FIVE_LINES, ExamplePart, PublicExample
from dnk_tool.domain.measures.effects import shown_tonnes
from dnk_tool.domain.measures.model import MeasureEffect
from dnk_tool.labels import N_, label
from dnk_tool.report.view.cluster.model import ReportChapter, ReportGroup
from dnk_tool.report.view.cluster.words import ReportWords

LINE_NAMES: Mapping[ExamplePart, str] = {
    ExamplePart.BEFORE: N_("Vorher"),
    ExamplePart.IDEA: N_("Die Idee"),
    ExamplePart.DONE: N_("Getan"),
    ExamplePart.EFFORT: N_("Aufwand"),
    ExamplePart.ADVICE: N_("Rat"),
}
MOST_EXAMPLES = 12  # of the latest; the others stand on the cluster's page


def examples_chapter(words: ReportWords) -> ReportChapter | None:
    """The chapter on good examples; None where there is none for everybody."""
    _, told = words.gettext, words.content.examples
    if not told:
        return None
    return ReportChapter(
        "beispiele",
        _("Gute Beispiele"),
        tuple(_group(words, one) for one in told[:MOST_EXAMPLES]),
        lead=_("Was einzelne Unternehmen getan haben, von ihnen selbst erzählt und mit ihrer Zustimmung."),
    )


def _group(words: ReportWords, told: PublicExample) -> ReportGroup:
    _, printed = words.gettext, words.words.printable_text
    lines = tuple(
        f"{_(LINE_NAMES[part])}: {printed(text)}" for part in FIVE_LINES if (text := told.content.line(part))
    )
    company = " ".join(printed(told.company).split())
    title = " ".join(printed(told.content.title).split())
    return ReportGroup(f"{title} ({company})", (*lines, *_number(words, told)))


def _number(words: ReportWords, told: PublicExample) -> Iterator[str]:
    """What it saves in a year, and how that was found."""
    effect = told.number.effect
    amounts = list(_amounts(words, effect))
    if amounts and effect.basis:
        said = words.gettext("In einem vollen Jahr gespart: %(amounts)s (%(basis)s).")
        yield said % {"amounts": words.listed(amounts), "basis": label(effect.basis, words.words.language)}


def _amounts(words: ReportWords, effect: MeasureEffect) -> Iterator[str]:
    carriers = load_measure_kinds().carriers
    for each in sorted(effect.energy, key=lambda saving: -saving.kwh):
        name = words.words.bound_text(carriers[each.carrier].label) if each.carrier in carriers else ""
        yield f"{words.amount(each.kwh, 'kWh')} {name}".strip()
    stated: tuple[tuple[Decimal | None, str, str], ...] = (
        (shown_tonnes(effect), "t-co2e", ""),
        (effect.water_m3, "m3", words.gettext("Wasser")),
        (effect.material_kg, "kg", words.gettext("Material")),
        (effect.waste_kg, "kg", words.gettext("Abfall")),
        (effect.cost_eur, "EUR", ""),
    )
    for amount, unit, name in stated:
        if amount:
            yield f"{words.amount(amount, unit)} {name}".strip()
