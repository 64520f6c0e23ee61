"""Who enters figures."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dnk_tool.domain.declarations.states import State
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.organisations import Organisation
from tests.support.app import World, database_session, sign_in


@pytest.fixture
def nine(app: Flask, client: FlaskClient, world: World) -> FlaskClient:
    """An editor of a joinery of nine people, whose declaration is a draft."""
    with database_session(app) as session:
        company = session.get_one(Organisation, world.own)
        company.employees, company.sector = 9, "31"
        session.get_one(Declaration, world.own_declaration).state = State.DRAFT
    sign_in(client, "editor@example.org")
    return client


@pytest.fixture
def at(world: World) -> Callable[[str], str]:
    """A page of the own declaration."""
    return lambda path: f"/erklaerungen/{world.own_declaration}/{path}"
