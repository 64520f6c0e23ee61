"""What happens to a company's accent and logo, in words and with a sample chart."""

from fractions import Fraction

from flask_babel import gettext as _
from markupsafe import Markup

from dnk_tool.catalogue import editions, load_catalogue
from dnk_tool.domain.evidence import FileRejectionReason, file_extension
from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.view.branding import DEFAULT_PALETTE, Branding, similar_areas
from dnk_tool.report.view.charts.bar_chart import chart_style
from dnk_tool.report.view.charts.svg import StackedBar, stacked_bars
from dnk_tool.services.uploads.inspection import MAX_LOGO_BYTES, MAX_PORTRAIT_BYTES
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.uploads import heic_text, scan_fault_text

DEFAULT_ACCENT_CODE = DEFAULT_PALETTE.text
VECTOR_FORMATS = frozenset({"svg", "svgz", "eps", "ai", "pdf", "cdr"})


def branding_effects(look: Branding) -> list[str]:
    """How print departs from the chosen accent and logo, one sentence each."""
    effects, palette = [], look.palette
    areas = load_catalogue(editions()[-1]).areas
    titles = {area.key: area.title.to(current_language()) for area in areas}
    if look.accent and palette.text != look.accent:
        if palette.field == look.accent:
            effects.append(
                _(
                    "Ihre Farbe ist auf Weiß schwer zu lesen. Für Schrift, Linien und Diagramme "
                    "drucken wir diesen "
                    "dunkleren Ton, für die Fläche der Titelseite Ihre Farbe."
                )
            )
        elif palette.year == look.accent:
            effects.append(
                _(
                    "Ihre Farbe ist auf Weiß schwer zu lesen. Für Schrift, Linien und Diagramme drucken wir "
                    "diesen dunkleren Ton; Ihre Farbe hat die Jahreszahl auf der Titelseite."
                )
            )
        else:
            effects.append(
                _(
                    "Ihre Farbe ist auf Weiß schwer zu lesen, und weiße Schrift auf ihr auch. "
                    "Wir drucken diesen "
                    "dunkleren Ton."
                )
            )
    for area in similar_areas(look.accent) if look.accent else ():
        effects.append(
            _(
                "Ihre Farbe ist der des Bereichs „%(area)s“ sehr ähnlich. Das ist in Ordnung; wer im "
                "Druck nach Farben blättert, kann beide aber verwechseln.",
                area=titles[area],
            )
        )
    logo = look.picture
    if logo and logo.is_light:
        effects.append(
            _(
                "Ihr Logo ist weiß auf durchsichtigem Grund. Wir drucken es auf der dunklen "
                "Fläche der Titelseite."
            )
        )
    return [str(effect) for effect in effects]


def sample_chart(look: Branding) -> Markup:
    """A chart with invented numbers in the company's accent."""
    labels = (_("berichtet"), _("begründet"), _("offen"))
    rows = [
        StackedBar(_("Beispiel A"), (Fraction(14), Fraction(3), Fraction(2)), ""),
        StackedBar(_("Beispiel B"), (Fraction(9), Fraction(6), Fraction(4)), ""),
    ]
    title = _("Ein Diagramm als Beispiel, mit erfundenen Zahlen")
    brush = chart_style(TextFormatter(current_language(), on_paper=False), accent=look.palette.text)
    return stacked_bars(str(title), rows, [str(label) for label in labels], brush)


SCAN_FAULTS = frozenset(
    {FileRejectionReason.INFECTED, FileRejectionReason.NOT_SCANNED, FileRejectionReason.TOO_LARGE_TO_SCAN}
)


def portrait_rejection_text(name: str, why: FileRejectionReason) -> str:
    """Why the file is refused as a portrait, and what helps."""
    words = {
        FileRejectionReason.TOO_LARGE: _(
            "Die Datei ist zu groß. Möglich sind %(size)s MB; 600 Bildpunkte Breite genügen.",
            size=MAX_PORTRAIT_BYTES // 1_000_000,
        ),
        FileRejectionReason.KIND: _("Wir nehmen PNG, JPG und WebP. Speichern Sie das Bild als JPG."),
    }
    return str(words.get(why) or logo_rejection_text(name, why))


def logo_rejection_text(name: str, why: FileRejectionReason) -> str:
    """Why the file is refused as a logo, and what helps."""
    if file_extension(name) in VECTOR_FORMATS:
        return str(
            _(
                "Das ist eine Zeichnung und kein Bild aus Bildpunkten; wir nehmen PNG, JPG und "
                "WebP. Öffnen Sie die "
                "Datei in Ihrem Zeichenprogramm, zum Beispiel Inkscape, und wählen Sie "
                "„Exportieren“ als PNG, mit "
                "durchsichtigem Grund und 1.200 Bildpunkten Breite. Oder bitten Sie Ihre "
                "Agentur um ein PNG."
            )
        )
    if why in SCAN_FAULTS:
        return scan_fault_text(why)
    if why is FileRejectionReason.HEIC:
        return heic_text()
    words = {
        FileRejectionReason.EMPTY: _(
            "Auf diesem Bild ist nichts zu sehen. Prüfen Sie, ob es die richtige Datei ist."
        ),
        FileRejectionReason.TOO_LARGE: _(
            "Die Datei ist zu groß. Möglich sind %(size)s MB; 1.200 Bildpunkte Breite genügen.",
            size=MAX_LOGO_BYTES // 1_000_000,
        ),
        FileRejectionReason.PIXELS: _(
            "Das Bild hat mehr als 40 Millionen Bildpunkte. 1.200 Bildpunkte Breite genügen."
        ),
        FileRejectionReason.MOVING: _(
            "Bewegte Bilder nehmen wir nicht an. Speichern Sie ein einzelnes Bild."
        ),
        FileRejectionReason.BUSY: _(
            "Gerade werden viele Dateien geprüft. Versuchen Sie es in einer halben Minute noch einmal."
        ),
        FileRejectionReason.KIND: _(
            "Wir nehmen PNG, JPG und WebP. Speichern Sie Ihr Logo als PNG, am besten mit "
            "durchsichtigem Grund."
        ),
    }
    damaged = _(
        "Diese Datei können wir nicht als Bild lesen. Öffnen Sie sie in einem Bildprogramm, und "
        "speichern Sie sie als PNG."
    )
    return str(words.get(why, damaged))
