"""Lets the activity log have further kinds of event, for migrations."""

import re

import sqlalchemy as sa
from alembic import op

KIND = re.compile(r"'([a-z-]+)'")


def allow_event_kinds(*added: str, after: str) -> None:
    """Let the log have further kinds of event, besides all that it knows by now.

    They follow the kind `after`, in the order of `EventKind`, so that the check reads as the model's.
    """
    connection = op.get_bind()
    (known,) = (
        KIND.findall(check["sqltext"])
        for check in sa.inspect(connection).get_check_constraints("event")
        if (check["name"] or "").endswith("eventkind")
    )
    place = known.index(after) + 1
    kinds = ", ".join(f"'{kind}'" for kind in (*known[:place], *added, *known[place:]))
    # SQLite builds the table anew and forgets its triggers, which keep what an event says.
    triggers = []
    if connection.dialect.name == "sqlite":
        query = sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'event'")
        triggers = list(connection.scalars(query))
    with op.batch_alter_table("event") as event:
        event.drop_constraint("eventkind", type_="check")
        event.create_check_constraint("eventkind", f"kind IN ({kinds})")
    for trigger in triggers:
        op.execute(trigger)
