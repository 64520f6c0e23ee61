"""Network addresses: which can be those of an own proxy."""

from ipaddress import ip_address


def is_private(address: str) -> bool:
    """Whether the address is of this machine or of an own network, as that of an own proxy."""
    try:
        return ip_address(address.partition("%")[0]).is_private
    except ValueError:
        return False
