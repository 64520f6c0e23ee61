"""How answers are counted, and that less than five give nothing away."""

from decimal import Decimal

from dnk_tool.domain.exchange.polls import (
    PollAnswer,
    PollBar,
    PollKind,
    PollQuestion,
    PollResult,
    add_answer,
    choice_labels,
    count_answers,
    no_answers,
    paired_bars,
    poll_result,
)

MULTIPLE = PollQuestion("Was?", PollKind.MULTIPLE, ("eins", "zwei", "drei"))
SCALE = PollQuestion("Wie?", PollKind.SCALE, ("schlecht", "gut"))
TEXT = PollQuestion("Warum?", PollKind.TEXT)


def test_each_choice_is_counted_once() -> None:
    assert no_answers(SCALE) == [0, 0, 0, 0, 0]
    assert add_answer([3, 1, 0], PollAnswer((0, 2))) == [4, 1, 1]
    assert count_answers(MULTIPLE, [PollAnswer((0,)), PollAnswer((0, 1)), PollAnswer((2,))]) == [2, 1, 1]


def test_of_four_answers_only_their_number_is_shown() -> None:
    assert poll_result(MULTIPLE, [4, 0, 0], 4, ["verraten"]) == PollResult(4)
    assert not PollResult(4).is_shown
    assert poll_result(MULTIPLE, [4, 0, 0], 5, ["gesagt"]).texts == ("gesagt",)


def test_bars_are_scaled_to_the_longest() -> None:
    result = poll_result(MULTIPLE, [6, 3, 0], 7)
    assert result.bars == (
        PollBar("eins", 6, 1000, is_longest=True),
        PollBar("zwei", 3, 500, is_longest=False),
        PollBar("drei", 0, 0, is_longest=False),
    )
    assert result.mean is None
    assert poll_result(TEXT, [], 9).bars == ()


def test_a_scale_has_a_mean_and_words_at_its_ends() -> None:
    assert poll_result(SCALE, [1, 0, 0, 0, 5], 6).mean == Decimal("4.3")
    assert choice_labels(SCALE) == ("1 · schlecht", "2", "3", "4", "5 · gut")


def test_a_pair_compares_shares_on_one_scale() -> None:
    before, after = poll_result(SCALE, [5, 5, 0, 0, 0], 10), poll_result(SCALE, [0, 1, 0, 4, 0], 5)
    pairs = paired_bars(before, after)
    assert [(pair.before, pair.after) for pair in pairs] == [(50, 0), (50, 20), (0, 0), (0, 80), (0, 0)]
    assert [(pair.before_width, pair.after_width) for pair in pairs[:2]] == [(625, 0), (625, 250)]
    assert pairs[3].after_width == 1000
