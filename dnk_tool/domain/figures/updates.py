"""The effect of an edit by hand, of calculator lines or of site figures on a figure."""

from dataclasses import replace

from dnk_tool.catalogue.standard.item_model import UnitFamily
from dnk_tool.domain.answers.answer import NO_FIGURE, Figure, Origin
from dnk_tool.domain.editing import UNKNOWN, Decision, Seen, Stored, VersionedEdit, decide
from dnk_tool.domain.quantities import in_base


def decide_figure(
    current: Stored[Figure], seen: Seen[Figure], edit: VersionedEdit[Figure]
) -> Decision[Figure]:
    """Decide about a figure that somebody entered, on a page that may show only part of it.

    Changes by others to fields that the sender did not see are no conflict.
    """
    earlier, intended = seen.content, intended_figure(edit, current.content)
    if earlier is not UNKNOWN and intended != current.content:
        if not edit.is_whole and is_same_on_page(earlier, current.content):
            seen = Seen(current.version)
        else:
            intended = intended_figure(edit, earlier)
    return decide(current, seen, intended)


def intended_figure(edit: VersionedEdit[Figure], before: Figure) -> Figure:
    """The whole figure that the edit makes of the one before."""
    figure = edit.value if edit.is_whole else with_hidden_fields(edit.value, before)
    return NO_FIGURE if figure.is_empty else entered_by_hand(figure, before)


def with_hidden_fields(shown: Figure, before: Figure) -> Figure:
    """The value, unit, quality and note as shown, with source and responsible person of the figure before."""
    return replace(shown, source=before.source, responsible=before.responsible)


def is_same_on_page(figure: Figure, other: Figure) -> bool:
    """Whether value, unit, quality and note of two figures are the same."""
    return with_hidden_fields(figure, other) == replace(other, origin=figure.origin)


def entered_by_hand(figure: Figure, before: Figure) -> Figure:
    """The figure after an edit; a change of value, unit or quality makes it entered by hand.

    The three belong together: calling an estimate measured is a statement of one's own.
    """
    is_untouched = (figure.value, figure.unit, figure.quality) == (before.value, before.unit, before.quality)
    return replace(figure, origin=before.origin if is_untouched else Origin.ENTERED)


def restored_figure(earlier: Figure, current: Figure) -> Figure:
    """An earlier version as the newest one.

    A responsible person is kept if the earlier version names none, and so is a source if value and unit are
    the same.
    """
    is_same = (earlier.value, earlier.unit) == (current.value, current.unit)
    return replace(
        earlier,
        source=earlier.source or (current.source if is_same else ""),
        responsible=earlier.responsible or current.responsible,
    )


def calculated_figure(given: Figure, before: Figure, origin: Origin) -> Figure:
    """The figure that lines or sites give, with the words of the figure before where it has none."""
    return replace(
        given,
        note=given.note or before.note,
        source=given.source or before.source,
        responsible=given.responsible or before.responsible,
        origin=origin,
    )


def without_value(figure: Figure) -> Figure:
    """The figure without value, unit and quality; note, source and responsible person stay."""
    return replace(figure, value=None, unit="", quality=None, origin=Origin.ENTERED)


def is_same_amount(figure: Figure, other: Figure, family: UnitFamily) -> bool:
    """Whether two figures are the same amount, in any units; no value equals only no value."""
    if figure.quantity is None or other.quantity is None:
        return figure.quantity is other.quantity
    if not {figure.unit, other.unit} <= family.units.keys():
        return figure.quantity == other.quantity
    return in_base(figure.quantity, family.units) == in_base(other.quantity, family.units)
