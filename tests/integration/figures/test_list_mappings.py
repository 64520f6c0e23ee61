"""What the columns of a supplier's list hold is known the next time, on both databases."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from dnk_tool.store.figures import list_mappings

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def test_the_latest_supplier_comes_first_and_else_the_name_decides(
    session: Session, organisation_id: int
) -> None:
    for name, minutes in (("Öl-Maier", 0), ("Albrecht", 0), ("Zimmer", 5), ("", 9)):
        list_mappings.save(
            session,
            organisation_id,
            "bills",
            name,
            columns={"amount": name},
            now=NOW + timedelta(minutes=minutes),
        )
        session.flush()
    assert list_mappings.suppliers(session, organisation_id, "bills") == ["Zimmer", "Albrecht", "Öl-Maier"]
    assert list_mappings.suppliers(session, organisation_id, "waste") == []
    list_mappings.save(session, organisation_id, "bills", "Albrecht", columns={"unit": "B"}, now=NOW)
    session.flush()
    assert list_mappings.columns_of(session, organisation_id, "bills", "Albrecht") == {"unit": "B"}
    assert list_mappings.columns_of(session, organisation_id, "bills", "Unbekannt") == {}
