"""Which questions a poll may ask, which answers it takes, and which codes people can type."""

import string

import pytest

from dnk_tool.catalogue.poll_questions import OPTIONS, load_poll_questions
from dnk_tool.domain.clusters.wall_codes import POLL_CODE_LENGTH, SIGNS, new_code, typed_code
from dnk_tool.domain.exchange.polls import (
    LONGEST_TEXT,
    PollAnswer,
    PollKind,
    PollProblem,
    PollQuestion,
    PollRefused,
    check_answer,
    check_question,
)
from dnk_tool.language import LANGUAGES

SINGLE = PollQuestion("Was?", PollKind.SINGLE, ("eins", "zwei", "drei"))
MULTIPLE = PollQuestion("Was?", PollKind.MULTIPLE, ("eins", "zwei", "drei"))
SCALE = PollQuestion("Wie?", PollKind.SCALE, ("schlecht", "gut"))
TEXT = PollQuestion("Warum?", PollKind.TEXT)


@pytest.mark.parametrize(
    ("kind", "options", "problem"),
    [
        (PollKind.SINGLE, ("eins",), PollProblem.TOO_FEW_OPTIONS),
        (PollKind.MULTIPLE, tuple("abcdefghi"), PollProblem.TOO_MANY_OPTIONS),
        (PollKind.SINGLE, ("eins", "x" * 81), PollProblem.OPTION_TOO_LONG),
        (PollKind.SINGLE, ("Ja", "ja"), PollProblem.OPTION_TWICE),
        (PollKind.SCALE, ("eins", "zwei", "drei"), PollProblem.NO_SCALE_ENDS),
    ],
)
def test_a_question_that_nobody_could_answer_is_refused(
    kind: PollKind, options: tuple[str, ...], problem: PollProblem
) -> None:
    with pytest.raises(PollRefused) as refused:
        check_question(PollQuestion("Was?", kind, options))
    assert refused.value.problem is problem


def test_a_question_needs_words_and_a_text_needs_no_options() -> None:
    with pytest.raises(PollRefused):
        check_question(PollQuestion("", PollKind.TEXT))
    assert check_question(PollQuestion("Warum?", PollKind.TEXT, ("a", "b"))) == TEXT


@pytest.mark.parametrize(
    ("question", "chosen", "text", "problem"),
    [
        (SINGLE, (), "", PollProblem.NOTHING_CHOSEN),
        (SINGLE, (0, 1), "", PollProblem.NOT_AN_OPTION),
        (SINGLE, (3,), "", PollProblem.NOT_AN_OPTION),
        (SINGLE, (-1,), "", PollProblem.NOT_AN_OPTION),
        (MULTIPLE, (0, 3), "", PollProblem.NOT_AN_OPTION),
        (SCALE, (5,), "", PollProblem.NOT_AN_OPTION),
        (SCALE, (0, 4), "", PollProblem.NOT_AN_OPTION),
        (TEXT, (0,), "", PollProblem.NO_TEXT),
        (TEXT, (), "x" * (LONGEST_TEXT + 1), PollProblem.TEXT_TOO_LONG),
    ],
)
def test_an_answer_beyond_the_options_is_refused(
    question: PollQuestion, chosen: tuple[int, ...], text: str, problem: PollProblem
) -> None:
    with pytest.raises(PollRefused) as refused:
        check_answer(question, chosen, text)
    assert refused.value.problem is problem


def test_an_answer_holds_each_choice_once_and_no_text_beside_it() -> None:
    assert check_answer(MULTIPLE, (2, 0, 2), "heimlich") == PollAnswer((0, 2))
    assert check_answer(SCALE, (4,), "") == PollAnswer((4,))
    assert check_answer(TEXT, (1,), "Zeit") == PollAnswer(text="Zeit")


def test_a_code_is_read_as_people_type_it() -> None:
    code = new_code(POLL_CODE_LENGTH)
    assert typed_code(f" {code[:2].lower()}-{code[2:]} ", POLL_CODE_LENGTH) == code
    assert {len(code), len(set(code) - set(SIGNS))} == {4, 0}
    for wrong in ("", "7K4", "7K4QQ", "7K4O", "<b>!", string.printable):
        assert typed_code(wrong, POLL_CODE_LENGTH) is None


def test_every_supplied_question_can_be_asked_as_it_is() -> None:
    groups = load_poll_questions()
    assert [group.key for group in groups] == ["standing", "needs", "feedback"]
    assert set(OPTIONS) == set(PollKind)
    for supplied in (each for group in groups for each in group.questions):
        for language in LANGUAGES:
            options = tuple(option.to(language) for option in supplied.options)
            check_question(PollQuestion(supplied.question.to(language), PollKind(supplied.kind), options))
