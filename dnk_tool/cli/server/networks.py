"""Network addresses: whose connections are counted together, and which can be those of an own proxy."""

from ipaddress import IPv6Address, ip_address, ip_network


def network_of(address: str) -> str:
    """The network whose connections are counted together: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(ip, IPv6Address):
        mapped = ip.ipv4_mapped
        return str(mapped) if mapped else str(ip_network((ip, 64), strict=False))
    return str(ip)


def is_private(address: str) -> bool:
    """Whether the address is of this machine or of an own network, as that of an own proxy."""
    try:
        return ip_address(address.partition("%")[0]).is_private
    except ValueError:
        return False
