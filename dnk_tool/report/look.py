"""How a company's own declaration looks: its accent and its logo."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    """An accent as `#rrggbb`, empty for the tool's own, and a logo as a PNG that we wrote ourselves, or empty."""

    accent: str = ""
    logo: bytes = b""


PLAIN = Look()
