"""The tables of what the installation notes about itself: its state, and whom and what it erased."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from dnk_tool.store.base import Base, UtcDateTime


class InstallationState(Base):
    """A fact about the installation as a whole, by its name, such as when the last backup was made."""

    __tablename__ = "installation_state"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(500))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Erasure(Base):
    """An account that was erased, by its number alone; after a restore it is erased again."""

    __tablename__ = "erasure"

    account_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    erased_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)


class Deletion(Base):
    """A company, cluster or declaration that was deleted, by its number alone.

    After a restore it is deleted again.
    """

    __tablename__ = "deletion"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    deleted_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
