"""A submitted declaration, and where its cluster reviews it."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from tests.support.review_scenario import ReviewScenario, make_review_scenario


@pytest.fixture
def case(session: Session) -> ReviewScenario:
    return make_review_scenario(session)


@pytest.fixture
def path(case: ReviewScenario) -> Callable[[str], str]:
    return lambda rest: f"/cluster/{case.cluster_id}/pruefung/{case.declaration_id}/{rest}"
