"""The sample that a practice firm begins with."""

from dnk_tool.services.exports.sample import practice_document, sample_document


def test_figures_of_a_practice_firm_have_the_decimals_of_print() -> None:
    """It has no lines behind them, and what counts as typed is printed with all its digits."""
    practised, sample = practice_document("de").figures, sample_document("de").figures
    assert practised.keys() == sample.keys()
    assert all(figure.quantity == sample[key].readable for key, figure in practised.items())
    assert any(figure.quantity != sample[key].quantity for key, figure in practised.items())
