"""The table of forms that were carried out, so that a form sent twice does its work once."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from dnk_tool.store.base import Base, UtcDateTime


class SentForm(Base):
    """A form that was carried out. `key`: hash of the page's id, its sender, address and fields.

    `location`: where its answer led to. A secret link in it is replaced by a placeholder.
    """

    __tablename__ = "sent_form"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    location: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
