"""The annex says nothing of what a declaration explains instead of reporting, however it was worked out."""

from flask import Flask
from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.annex import Annex
from dnk_tool.domain.permissions import Actor, Role
from dnk_tool.services.declarations.annex import annex_of
from dnk_tool.services.figures import calculator_lines
from dnk_tool.services.work import Work
from tests.support.app import database_session
from tests.support.calculator_lines import make_line
from tests.support.review_scenario import NOW, import_craft

MONEY = {
    "revenue": "3120000 EUR",
    "operating_costs": "1700000 EUR",
    "wages_and_benefits": "1010000 EUR",
    "payments_to_capital_providers": "24000 EUR",
    "payments_to_government": "88000 EUR",
    "community_investments": "4500 EUR",
}


def annex_with_lines(session: Session, *wanted: tuple[str, dict[str, str]]) -> Annex:
    """The annex of a company that explains its economic value, Scope 3 and hours of training."""
    declaration = import_craft(session)
    owner = Actor(None, {declaration.organisation_id: Role.OWNER})
    for where, given in wanted:
        line = make_line(where, 0, **given)
        calculator_lines.save_line(Work(session, owner, NOW), declaration, line, seen=0)
    session.flush()
    session.expire_all()
    return annex_of(session, declaration)


def test_accounts_that_are_confidential_are_not_printed_line_by_line(app: Flask) -> None:
    with database_session(app) as session:
        printed_annex = annex_with_lines(session, ("economic-value/economic-value", MONEY))
        assert printed_annex.calculations == ()
        assert printed_annex.figures == ()


def test_hours_of_training_are_not_given_away_by_their_mean(app: Flask) -> None:
    given = {
        "hours_women": "120 h",
        "heads_women": "7 persons",
        "hours_men": "310 h",
        "heads_men": "17 persons",
    }
    with database_session(app) as session:
        printed_annex = annex_with_lines(session, ("training/training", given))
        assert printed_annex.calculations == ()
        assert printed_annex.figures == ()


def test_a_bill_keeps_the_steps_that_are_reported(app: Flask) -> None:
    with database_session(app) as session:
        printed_annex = annex_with_lines(
            session,
            ("energy/diesel", {"quantity": "1000 l"}),
            ("commuting/car", {"quantity": "14 km", "days": "210 days", "persons": "18 persons"}),
        )
        assert [calculation.activity for calculation in printed_annex.calculations] == ["diesel"]
        assert {step.datapoint for step in printed_annex.calculations[0].steps} == {
            "energy.fuels.non-renewable",
            "ghg.scope1.gross",
        }
        said = {figure.datapoint for figure in printed_annex.figures}
        assert not {datapoint for datapoint in said if datapoint.startswith("ghg.scope3")}


def test_what_nobody_asks_for_stays(app: Flask) -> None:
    with database_session(app) as session:
        printed_annex = annex_with_lines(
            session, ("coverage/coverage", {"employees": "24 persons", "covered": "24 persons"})
        )
        assert [calculation.activity for calculation in printed_annex.calculations] == ["coverage"]
        assert [figure.datapoint for figure in printed_annex.figures] == ["workforce.bargaining-coverage"]
