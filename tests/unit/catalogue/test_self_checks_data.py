"""The quick checks hold what they promise: thirteen questions, each with hint, measure and criterion."""

from typing import Any

import pytest

from dnk_tool.catalogue import CatalogueError, self_checks
from dnk_tool.catalogue.check import check_shared_data
from dnk_tool.catalogue.problems import Problem
from dnk_tool.catalogue.self_checks import build_self_checks, load_self_checks, self_checks_of_criterion

LONGEST_HINT = 160


def test_there_are_two_checks_of_thirteen_questions() -> None:
    assert {key: len(check.questions) for key, check in load_self_checks().items()} == {
        "circular": 13,
        "energy": 13,
    }


def test_priorities_are_one_to_thirteen_and_measures_belong_to_criteria_3_and_11_to_13() -> None:
    for check in load_self_checks().values():
        assert sorted(question.priority for question in check.questions) == list(range(1, 14))
        assert set(check.criteria) <= {3, 11, 12, 13}
    assert [check.key for check in self_checks_of_criterion(3)] == ["circular"]
    assert [check.key for check in self_checks_of_criterion(13)] == ["energy"]
    assert len(self_checks_of_criterion(11)) == len(self_checks_of_criterion(12)) == 2
    assert self_checks_of_criterion(1) == ()


def test_a_question_asks_and_a_hint_is_one_short_sentence() -> None:
    for check in load_self_checks().values():
        for question in check.questions:
            for language in ("de", "en"):
                text, hint, measure = (
                    getattr(words, language) for words in (question.text, question.hint, question.measure)
                )
                assert text.endswith("?"), question.key
                assert hint.endswith("."), question.key
                assert hint.count(". ") == 0, question.key
                assert len(hint) <= LONGEST_HINT, question.key
                assert not measure.endswith("."), question.key


def test_no_two_measures_are_alike() -> None:
    measures = [question.measure for check in load_self_checks().values() for question in check.questions]
    assert (
        len({measure.de for measure in measures})
        == len({measure.en for measure in measures})
        == len(measures)
    )


def test_faults_are_reported_with_file_and_key(copy: Any) -> None:
    copy.plant("self-checks", "- key: scrap-measured", "- key: materials-known")
    copy.plant("self-checks", "criterion: 11\n    priority: 2", "criterion: 21\n    priority: 4")
    copy.plant("self-checks", "      en: Do you measure rejects and offcuts?\n", "")
    copy.keep_only(1, 3, 11, 12, 13)
    _checks, problems = build_self_checks(copy.folder)
    file = "criteria/self-checks.yaml"
    assert problems == [
        Problem(file, "checks[0].questions", "'materials-known' stands twice"),
        Problem(file, "checks[0].questions", "'priority 4' stands twice"),
        Problem(file, "checks[0].questions[1].text.en", "translation is missing"),
    ]
    shared_problems = [problem for problem in check_shared_data(copy.folder) if problem.file == file]
    assert shared_problems == sorted(
        [*problems, Problem(file, "circular.materials-known", "names the unknown criterion 21")]
    )


def test_a_missing_file_is_an_error_that_names_it(copy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    copy.file("self-checks").unlink()
    monkeypatch.setattr(self_checks, "criteria_folder", lambda: copy.folder)
    with pytest.raises(CatalogueError, match=r"criteria/self-checks\.yaml: \(file\): cannot be read"):
        load_self_checks.__wrapped__()
