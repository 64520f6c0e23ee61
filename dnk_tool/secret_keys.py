"""The secret key: how it is kept, and how good it must be."""

import os
import secrets
from pathlib import Path

from dnk_tool.paths import create_instance, write_private_file

KEY_FILE = "secret-key"
SHORTEST_SECRET, FEWEST_SIGNS = 32, 8


def stored_key(instance: Path) -> str | None:
    """The key in the instance folder; None if there is none. Raises OSError and ValueError."""
    try:
        return (instance / KEY_FILE).read_text("utf-8").strip()
    except FileNotFoundError:
        return None


def create_key(instance: Path) -> None:
    """Store a new key in the instance folder, unless there is one."""
    path = instance / KEY_FILE
    create_instance(instance)
    try:
        # Written under another name first, then linked: two processes that start together agree on one key.
        fresh = path.with_name(f"{KEY_FILE}.{secrets.token_hex(4)}")
        write_private_file(fresh, new_key())
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink(missing_ok=True)


def new_key() -> str:
    """A key of 48 random bytes."""
    return secrets.token_urlsafe(48)


def weakness_of_key(key: str) -> str:
    """What is wrong with a secret key, as the rest of a sentence; "" for a good one."""
    if len(key.encode()) < SHORTEST_SECRET:
        return f"must have at least {SHORTEST_SECRET} bytes"
    if len(set(key)) < FEWEST_SIGNS:
        return 'is easily guessed. Make one: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
    return ""
