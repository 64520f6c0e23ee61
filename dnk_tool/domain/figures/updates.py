"""What a change by hand, by the lines of calculators or by the sites makes of a figure."""

from dataclasses import replace

from dnk_tool.catalogue.standard.item_model import UnitFamily
from dnk_tool.domain.answers.answer import NO_FIGURE, Figure, Origin
from dnk_tool.domain.editing.conflicts import decide
from dnk_tool.domain.editing.outcomes import Decision
from dnk_tool.domain.editing.versions import UNKNOWN, Seen, Stored, VersionedEdit
from dnk_tool.domain.quantities import in_base


def decide_figure(
    current: Stored[Figure], seen: Seen[Figure], edit: VersionedEdit[Figure]
) -> Decision[Figure]:
    """Decide about a figure that somebody entered, on a page that may show a part of it only.

    What somebody else changed where the sender did not look is no conflict.
    """
    earlier, intended = seen.content, intended_figure(edit, current.content)
    if earlier is not UNKNOWN and intended != current.content:
        if not edit.is_whole and is_same_on_page(earlier, current.content):
            seen = Seen(current.version)
        else:
            intended = intended_figure(edit, earlier)
    return decide(current, seen, intended)


def intended_figure(edit: VersionedEdit[Figure], before: Figure) -> Figure:
    """The whole figure that the sender wants in place of the one before."""
    figure = edit.value if edit.is_whole else with_hidden_fields(edit.value, before)
    return NO_FIGURE if figure.is_empty else entered_by_hand(figure, before)


def with_hidden_fields(shown: Figure, before: Figure) -> Figure:
    """What a page that shows value, unit, quality and note says, with what it does not show."""
    return replace(shown, source=before.source, responsible=before.responsible)


def is_same_on_page(one: Figure, other: Figure) -> bool:
    """Whether two figures are the same to a page that shows value, unit, quality and note."""
    return with_hidden_fields(one, other) == replace(other, origin=one.origin)


def entered_by_hand(figure: Figure, before: Figure) -> Figure:
    """The figure as somebody left it. It is no longer what lines or sites gave if they changed the value.

    Value, unit and quality belong together: an estimate that somebody calls measured is their own word.
    """
    is_untouched = (figure.value, figure.unit, figure.quality) == (before.value, before.unit, before.quality)
    return replace(figure, origin=before.origin if is_untouched else Origin.ENTERED)


def restored_figure(earlier: Figure, current: Figure) -> Figure:
    """An earlier version as the newest one.

    Who is responsible does not change with the value, and a source that was named since holds for the same
    value too.
    """
    is_same = (earlier.value, earlier.unit) == (current.value, current.unit)
    return replace(
        earlier,
        source=earlier.source or (current.source if is_same else ""),
        responsible=earlier.responsible or current.responsible,
    )


def calculated_figure(given: Figure, before: Figure, origin: Origin) -> Figure:
    """What lines or sites gave, with the words that people wrote beside the figure before."""
    return replace(
        given,
        note=given.note or before.note,
        source=given.source or before.source,
        responsible=given.responsible or before.responsible,
        origin=origin,
    )


def without_value(figure: Figure) -> Figure:
    """The figure without its value; the words beside it stay."""
    return replace(figure, value=None, unit="", quality=None, origin=Origin.ENTERED)


def is_same_amount(one: Figure, other: Figure, family: UnitFamily) -> bool:
    """Whether two figures say the same, in whatever units; no value is equal to no value only."""
    if one.quantity is None or other.quantity is None:
        return one.quantity is other.quantity
    if not {one.unit, other.unit} <= family.units.keys():
        return one.quantity == other.quantity
    return in_base(one.quantity, family.units) == in_base(other.quantity, family.units)
