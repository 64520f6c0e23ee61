"""Base class and column types of all models: named constraints, enums by value, exact numbers, UTC times."""

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import DateTime, Dialect, Enum, MetaData, String, TypeDecorator
from sqlalchemy.orm import DeclarativeBase

from dnk_tool.domain import numbers

NAMING_CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

E = TypeVar("E", bound=StrEnum)


class Base(DeclarativeBase):
    """The base class of all models; names constraints by `NAMING_CONVENTION`."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


class UtcDateTime(TypeDecorator[datetime]):
    """A time in UTC. SQLite stores no zone, so UTC is set again when a value is read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC. Raises ValueError for a time without a zone."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a time needs its zone")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read a time without a zone as UTC, and convert any other to UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ExactDecimal(TypeDecorator[Decimal]):
    """A Decimal as its exact text: SQLite would turn a number into a float, and "1.50" into 1.5."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        """Write the number as `numbers.plain` does, so that trailing zeros stay."""
        return None if value is None else numbers.plain(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Read the text back as the same Decimal."""
        return None if value is None else Decimal(value)


def enum_by_value(kind: type[E], name: str = "") -> Enum:
    """A column type that stores an enum's value and checks it in the database.

    `name` names the constraint; needed where a table has two columns of the same enum.
    """
    return Enum(
        kind,
        name=name or kind.__name__.lower(),
        values_callable=lambda enum: [member.value for member in enum],
        native_enum=False,
        create_constraint=True,
        length=30,
        validate_strings=True,
    )
