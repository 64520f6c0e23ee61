"""Judges addresses: whether they stay on the machine, are safe, or belong to one household."""

from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from pydantic import AnyHttpUrl, TypeAdapter, ValidationError

UNIX_SOCKET = "unix:"
LARGEST_PORT = 65_535
HSTS_SECONDS = 31_536_000


def is_loopback(host: str) -> bool:
    """Whether the host name or IP address always means the machine itself."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def is_public_url(text: str) -> bool:
    """Whether it is an http(s) address without a path, a query or a user."""
    try:
        TypeAdapter(AnyHttpUrl).validate_python(text)
    except ValidationError:
        return False
    parts = urlsplit(text)
    return parts.path in ("", "/") and not parts.query and not parts.fragment and not parts.username


def is_safe_address(text: str) -> bool:
    """Whether what is sent there is encrypted or stays on the machine."""
    parts = urlsplit(text)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))


def strict_transport(address: str, with_subdomains: bool | None) -> str:
    """What browsers are told to demand of the address for a year, as HSTS says it; "" without https.

    `with_subdomains`: whether of all hosts below, too; None: unless it is a bare domain, where others may
    live.
    """
    parts = urlsplit(address)
    if parts.scheme != "https":
        return ""
    if with_subdomains is None:
        with_subdomains = (parts.hostname or "").count(".") >= 2
    return f"max-age={HSTS_SECONDS}" + ("; includeSubDomains" if with_subdomains else "")


def host_and_port(text: str) -> tuple[str, int]:
    """The parts of `host:port`; an IPv6 address stands in brackets. Raises ValueError."""
    host, _colon, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) <= LARGEST_PORT:
        raise ValueError(text)
    return host.removeprefix("[").removesuffix("]"), int(port)


def scanner_problem(text: str, *, is_remote_allowed: bool) -> str:
    """What is wrong with the address of a virus scanner, `unix:/path` or `host:port`; "" if nothing is."""
    if text.startswith(f"{UNIX_SOCKET}/"):
        return ""
    try:
        host, _port = host_and_port(text)
    except ValueError:
        return "must be unix:/path or host:port"
    if is_remote_allowed or is_loopback(host):
        return ""
    return f"would send files to {host} unencrypted: allow it with DNK_CLAMD_REMOTE=true"


def network_of(address: str) -> str:
    """The network of one household or office, counted as one: an IPv4 address, or the /64 of an IPv6 one.

    Empty for anything that is no IP address.
    """
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(ip, IPv6Address):
        mapped = ip.ipv4_mapped
        return str(mapped) if mapped else str(ip_network((ip, 64), strict=False))
    return str(ip)
