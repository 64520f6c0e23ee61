"""What single settings must be: addresses and keys."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from pydantic import AnyHttpUrl, TypeAdapter, ValidationError

SHORTEST_SECRET, FEWEST_SIGNS = 32, 8


def is_loopback(host: str) -> bool:
    """Whether the host name or IP address always means the machine itself."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def is_public_url(text: str) -> bool:
    """Whether the text is an http(s) address without path, query and user."""
    try:
        TypeAdapter(AnyHttpUrl).validate_python(text)
    except ValidationError:
        return False
    parts = urlsplit(text)
    return parts.path in ("", "/") and not parts.query and not parts.fragment and not parts.username


def is_safe_address(text: str) -> bool:
    """Whether the address begins with https, or leads to this machine."""
    parts = urlsplit(text)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))


def weakness_of_key(key: str) -> str:
    """What is wrong with a secret key, as the rest of a sentence; "" for a good one."""
    if len(key.encode()) < SHORTEST_SECRET:
        return f"must have at least {SHORTEST_SECRET} bytes"
    if len(set(key)) < FEWEST_SIGNS:
        return 'is easily guessed. Make one: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
    return ""
