"""The certificate of an award as one HTML page for the PDF engine."""

import math
from dataclasses import dataclass
from datetime import date

from dnk_tool.domain.colours import AREA_COLOURS
from dnk_tool.language import LOCALES, Language, format_long_date
from dnk_tool.report.files.html import print_html
from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.view.branding import DEFAULT_BRANDING

TEMPLATE = "report/cluster/award_certificate.html"
# Signs of the longest text from which on all of them are set smaller, so that one sheet holds them.
SIZES = ((220, "endless"), (110, "longest"), (40, "long"))
RAYS_OF_AREAS = (4, 6, 3, 7)  # as many as each area of the DNK has criteria
INNER_RADIUS, OUTER_RADIUS, HALF_ANGLE = 17.0, 48.0, math.radians(6.8)


@dataclass(frozen=True, slots=True)
class AwardCertificate:
    """Who won what, and for what: `title` names the nomination, `prize` is in the manager's words."""

    language: Language
    company: str
    title: str
    prize: str
    award: str
    year: int
    cluster: str
    given_on: date

    @property
    def size(self) -> str:
        """The class of its style, by the longest of its texts; empty for usual ones."""
        most = max(map(len, (self.company, self.title, self.prize, self.award, self.cluster)))
        return next((size for length, size in SIZES if most > length), "")


@dataclass(frozen=True, slots=True)
class Ray:
    """A ray of the rosette: an SVG path around the origin, and its colour `#rrggbb`."""

    path: str
    colour: str


def certificate_html(certificate: AwardCertificate) -> str:
    """The page for the PDF engine, in the certificate's language."""
    language, words = certificate.language, TextFormatter(certificate.language)
    return print_html(
        TEMPLATE,
        language,
        certificate=certificate,
        locale=LOCALES[language].replace("_", "-"),
        look=DEFAULT_BRANDING,
        rays=rosette(),
        said=words.printable_text,
        given_on=format_long_date(certificate.given_on, language),
    )


def rosette() -> tuple[Ray, ...]:
    """Twenty rays, clockwise from above, in the colours of the areas whose criteria they stand for."""
    colours = [
        colour
        for colour, number in zip(AREA_COLOURS.values(), RAYS_OF_AREAS, strict=True)
        for _ in range(number)
    ]
    step = 2 * math.pi / len(colours)
    return tuple(Ray(_ray(number * step), colour) for number, colour in enumerate(colours))


def _ray(angle: float) -> str:
    """A ray that grows outwards, around the direction `angle` in radians."""
    corners = (
        (INNER_RADIUS, angle - HALF_ANGLE),
        (OUTER_RADIUS, angle - HALF_ANGLE),
        (OUTER_RADIUS, angle + HALF_ANGLE),
        (INNER_RADIUS, angle + HALF_ANGLE),
    )
    points = (f"{radius * math.sin(at):.2f} {-radius * math.cos(at):.2f}" for radius, at in corners)
    return f"M{' L'.join(points)} Z"
