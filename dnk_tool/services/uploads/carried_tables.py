"""Carries a table through the pages of its preview, encrypted, as the server keeps nothing of it."""

import json
import zlib
from typing import Any

from dnk_tool.services.accounts import encryption
from dnk_tool.services.accounts.encryption import DecryptionFailed
from dnk_tool.services.uploads.csv_tables import TableFault, UnreadableTable


def pack(key: str, content: Any, *, purpose: bytes, most_bytes: int) -> str:
    """Compress and encrypt JSON-serialisable content. Raises UnreadableTable above `most_bytes`."""
    packed = zlib.compress(json.dumps(content, separators=(",", ":")).encode(), 9)
    text = encryption.encrypt_bytes(key, packed, purpose=purpose)
    if len(text) > most_bytes:
        raise UnreadableTable(TableFault.TOO_LARGE)
    return text


def unpack(key: str, text: str, *, purpose: bytes, max_age: int) -> Any:
    """What was packed for this purpose; None after `max_age` seconds, and for anything else."""
    try:
        content = encryption.decrypt_bytes(key, text, purpose=purpose, max_age=max_age)
    except DecryptionFailed:
        return None
    return json.loads(zlib.decompress(content))
