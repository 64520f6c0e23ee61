"""The database alone: how many transactions of a few rows it takes, which no program around it can exceed."""

import time
from typing import Any

from sqlalchemy import make_url, text

from dnk_tool.store.database import make_engine

TABLE = "load_of_the_raw_engine"


def raw_rate(url: str, seconds: float) -> dict[str, Any]:
    """Transactions per second of one connection that reads, updates and inserts a row of 500 bytes in each.

    The statements go to the driver as they are, with the program's settings of the connection.
    """
    engine = make_engine(url)
    words, count = "x" * 500, 0
    try:
        with engine.execution_options(writes=True).connect() as connection:
            with connection.begin():
                connection.execute(text(f"CREATE TABLE {TABLE} (id INTEGER PRIMARY KEY, content TEXT)"))
                connection.execute(text(f"INSERT INTO {TABLE} VALUES (0, '')"))  # noqa: S608 -- our name
            begin = time.perf_counter()
            while time.perf_counter() - begin < seconds:
                count += 1
                with connection.begin():
                    connection.execute(text(f"SELECT content FROM {TABLE} WHERE id = 0"))  # noqa: S608
                    row = {"id": count, "content": words}
                    connection.execute(text(f"UPDATE {TABLE} SET content = :content WHERE id = 0"), row)  # noqa: S608
                    connection.execute(text(f"INSERT INTO {TABLE} VALUES (:id, :content)"), row)  # noqa: S608
            rate = count / (time.perf_counter() - begin)
            with connection.begin():
                connection.execute(text(f"DROP TABLE {TABLE}"))
    finally:
        engine.dispose()
    return {"engine": make_url(url).get_backend_name(), "per_second": round(rate)}
