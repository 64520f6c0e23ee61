"""Water, waste and materials (GRI 301, 303, 306; VSME B6, B7)."""

from fractions import Fraction

from dnk_tool.domain.figures.formulas.exact import ImpossibleShare, Number, exact, share


def water_consumption(withdrawal: Number, discharge: Number) -> Fraction:
    """Withdrawal - discharge (GRI 303-5, VSME B6 §36). Raises ImpossibleShare if more goes out than in."""
    taken, returned = exact(withdrawal), exact(discharge)
    if returned > taken or returned < 0:
        raise ImpossibleShare(returned, taken)
    return taken - returned


def recovery_share(diverted: Number, waste: Number) -> Fraction | None:
    """Waste diverted from disposal (reuse, recycling, other recovery) / all waste (GRI 306-4, VSME B7 §38b).

    0 to 1; None without waste. Raises ImpossibleShare.
    """
    return share(diverted, waste)


def recycled_share(recycled: Number, waste: Number) -> Fraction | None:
    """Waste recycled as material / all waste, 0 to 1; None without waste. Raises ImpossibleShare."""
    return share(recycled, waste)


def recycled_input_share(recycled: Number, materials: Number) -> Fraction | None:
    """Recycled / all input materials, 0 to 1 (GRI 301-2); None for none. Raises ImpossibleShare."""
    return share(recycled, materials)


def bio_based_input_share(bio_based: Number, materials: Number) -> Fraction | None:
    """New bio-based (EN 16575) / all input materials, 0 to 1; None for none. Raises ImpossibleShare."""
    return share(bio_based, materials)
