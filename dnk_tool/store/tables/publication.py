"""The tables of publications and of the proofs of a version's origin."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from dnk_tool.domain.organisation import CompanySize
from dnk_tool.store.base import Base, UtcDateTime, enum_by_value


class Publication(Base):
    """A version that everybody can read under the address `slug`, until it is withdrawn.

    Company, year, sector, size and indicator set are those of the published version, kept here so that lists
    read no documents; `search_name` is the company's name as it is searched and sorted. `quotable_refs`:
    the aspects whose texts other companies of the installation may read as examples, each between spaces, as
    in " 1.1 1.2 "; None if the company does not allow it.
    """

    __tablename__ = "publication"

    id: Mapped[int] = mapped_column(primary_key=True)
    declaration_id: Mapped[int] = mapped_column(ForeignKey("declaration.id", ondelete="CASCADE"))
    version: Mapped[int]
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    company: Mapped[str] = mapped_column(String(500), default="")
    search_name: Mapped[str] = mapped_column(String(500), default="", index=True)
    reporting_year: Mapped[int] = mapped_column(default=0, index=True)
    sector: Mapped[str] = mapped_column(String(80), default="", index=True)
    size: Mapped[CompanySize | None] = mapped_column(enum_by_value(CompanySize))
    indicator_set: Mapped[str] = mapped_column(String(80), default="")
    published_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    published_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    quotable_refs: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index(
            "uq_publication_standing",
            "declaration_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    @property
    def is_quotable(self) -> bool:
        """Whether the company lets others read its texts as examples, if it has any."""
        return self.quotable_refs is not None


class Proof(Base):
    """The proofs of a frozen version's origin, which are not part of its content.

    `published_at`: when it was last published; kept when a newer version is published or the publication is
    withdrawn. `seal`: the operator's signature; empty: none yet.
    """

    __tablename__ = "proof"

    snapshot_id: Mapped[int] = mapped_column(
        ForeignKey("snapshot.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seal: Mapped[str] = mapped_column(Text, default="")


class PrintRecord(Base):
    """A PDF of a frozen version that was made here, by the SHA-256 of the file and digests of what it shows.

    `pages`: a digest per page, in order, parted by spaces; empty if they could not be read. `document`: the
    digest of the rest. `method`: what the digests cover (`services/uploads/pages/model.METHOD`).
    """

    __tablename__ = "print_record"

    snapshot_id: Mapped[int] = mapped_column(
        ForeignKey("snapshot.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    file_sha256: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
    method: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document: Mapped[str] = mapped_column(String(64), default="")
    pages: Mapped[str] = mapped_column(Text, default="")
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class GonePage(Base):
    """The address of a published declaration that was deleted, as a SHA-256: it answers that it is gone."""

    __tablename__ = "gone_page"

    slug_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
