"""Figures and lines as the database has them, and figures put there."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from dnk_tool.catalogue import load_catalogue
from dnk_tool.domain.answers.answer import NO_FIGURE, Figure
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.figures import queries as figures
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.figures import FigureRow, LineRow
from tests.support.app import World, database_session
from tests.support.browsers import send

POWER = "energy.electricity.consumption"


def stored_figure(session: Session, declaration: Declaration, key: str = POWER) -> Figure:
    """A figure of the declaration's year."""
    rows = declarations.figure_rows(session, declaration.organisation_id, declaration.reporting_year)
    return declarations.figure_of(rows[key]) if key in rows else NO_FIGURE


def only_row(session: Session, datapoint: str) -> FigureRow:
    """The row of a figure that one company has for one year."""
    return session.scalars(select(FigureRow).where(FigureRow.datapoint == datapoint)).one()


def stored_value(app: Flask, datapoint: str, year: int | None = None) -> Decimal | None:
    """The value of a figure in a year, or in its newest; the company's is the only one."""
    query = select(FigureRow.value).where(FigureRow.datapoint == datapoint)
    with database_session(app) as session:
        return session.scalar(
            query.where(FigureRow.year == year) if year else query.order_by(FigureRow.year.desc())
        )


def put_figure(app: Flask, world: World, value: str, key: str = POWER, year: int = 2025, **more: Any) -> None:
    """Give the own company a figure; its unit is the usual one unless another is said."""
    unit = more.pop("unit", load_catalogue("dnk-2017").datapoints[key].default_unit)
    given, now = Figure(Decimal(value), unit, **more), datetime(2026, 11, 25, 9, tzinfo=UTC)
    with database_session(app) as session:
        figures.add_if_missing(session, world.own, year, key, given, by=None, now=now)


def stored_lines(app: Flask) -> list[dict[str, Any]]:
    """What the lines hold that nobody removed."""
    with database_session(app) as session:
        rows = session.scalars(select(LineRow).where(LineRow.removed_at.is_(None)))
        return [{**row.content, "id": row.id, "version": row.version} for row in rows]


def send_line(client: FlaskClient, path: str, **changes: Any) -> TestResponse:
    """Load the form of a line, change some fields as a person would, "__" for "-", and send it."""
    return send(client, path, **{name.replace("__", "-"): value for name, value in changes.items()})
