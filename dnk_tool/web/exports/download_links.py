"""Links to files of a declaration, for `templates/exports/download_links.html`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from dnk_tool.report.formats import PDF, ExportAudience, ExportFormat, offered_formats
from dnk_tool.report.view.edition import Variant

# Values of the query parameter `fassung`.
VARIANTS: Mapping[str, Variant] = {"": Variant.FULL, "kurz": Variant.SHORT}


@dataclass(frozen=True, slots=True)
class DownloadLink:
    """A link to a file. `hint` is appended for screen readers only."""

    href: str
    text: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class FormatLinks:
    """The links to one format, one for each variant, and the format's purpose."""

    label: str
    links: Sequence[DownloadLink]
    purpose: str = ""


def format_links(
    audience: ExportAudience, address: Callable[[ExportFormat], str], *, hint: str = ""
) -> list[DownloadLink]:
    """One link for each format offered to the audience; `address` maps a format to its address."""
    offered = offered_formats(audience, own_routes=True)
    return [DownloadLink(address(offered_format), offered_format.label, hint) for offered_format in offered]


@dataclass(frozen=True, slots=True)
class CompanyFiles:
    """Links for the company to the files of a version, or of the current draft (`version` None).

    `language`: the language of headings; None for the declaration's.
    """

    declaration_id: int
    version: int | None
    language: str | None

    def url(self, export_format: ExportFormat, variant: Variant = Variant.FULL) -> str:
        """The address of a file. The internal variant always shows the current draft."""
        if variant is Variant.INTERNAL:
            return url_for(
                "files.inside",
                export_format=export_format,
                declaration_id=self.declaration_id,
                sprache=self.language,
            )
        values: dict[str, Any] = {"declaration_id": self.declaration_id, "sprache": self.language}
        if not export_format.has_own_routes:
            values["export_format"] = export_format
        if self.version is not None:
            values["version"] = self.version
        if variant is Variant.SHORT:
            values["fassung"] = "kurz"
        copy = "draft" if self.version is None else "version"
        return url_for(f"files.{copy}_{'pdf' if export_format.has_own_routes else 'file'}", **values)

    def pdf_rows(self) -> list[FormatLinks]:
        """The PDF variants besides the full declaration."""
        short = DownloadLink(self.url(PDF, Variant.SHORT), _("Kurzfassung als PDF"))
        short_purpose = _(
            "Für Bank oder Kundschaft, etwa neun Seiten: Profil, Kennzahlen, Ziele und was berichtet oder "
            "begründet wird."
        )
        internal = DownloadLink(self.url(PDF, Variant.INTERNAL), _("Interne Fassung als PDF"))
        internal_purpose = _(
            "Nur für Sie, vom jetzigen Stand: Selbsteinschätzung, Maßnahmen, was offen ist, Quellen und "
            "Zuständige. Jede Seite trägt „Intern – nicht zur Weitergabe“."
        )
        return [
            FormatLinks(short.text, [short], short_purpose),
            FormatLinks(internal.text, [internal], internal_purpose),
        ]

    def format_rows(self, *, is_sealed: bool) -> list[FormatLinks]:
        """The formats besides PDF, then the JSON data, then the seal if there is one."""
        rows = [
            FormatLinks(
                offered_format.label,
                self._variant_links(offered_format),
                _(offered_format.purpose) if offered_format.purpose else "",
            )
            for offered_format in offered_formats(ExportAudience.COMPANY)
        ]
        return [*rows, self._data_row(), *([self._seal_row()] if is_sealed else [])]

    def _variant_links(self, export_format: ExportFormat) -> list[DownloadLink]:
        """One link for each variant that the format can hold; if only one, named by the format."""
        texts = {
            Variant.FULL: _("Ganze Erklärung"),
            Variant.SHORT: _("Kurzfassung"),
            Variant.INTERNAL: _("Interne Fassung"),
        }
        variants = [variant for variant in texts if variant in export_format.variants]
        if len(variants) == 1:
            return [DownloadLink(self.url(export_format, variants[0]), export_format.label)]
        hint = _("als %(format)s", format=_(export_format.file_label))
        return [DownloadLink(self.url(export_format, variant), texts[variant], hint) for variant in variants]

    def _data_row(self) -> FormatLinks:
        if self.version is None:
            href = url_for("files.current_json", declaration_id=self.declaration_id)
        else:
            href = url_for("files.version_json", declaration_id=self.declaration_id, version=self.version)
        purpose = _(
            "Alle Angaben zum Aufbewahren oder Übertragen: Diese Anwendung liest die Datei wieder ein."
        )
        return FormatLinks("JSON", [DownloadLink(href, "JSON")], purpose)

    def _seal_row(self) -> FormatLinks:
        href = url_for("files.version_seal", declaration_id=self.declaration_id, version=self.version)
        purpose = _("Die Unterschrift des Betriebs auf den Daten dieser Version, zum Prüfen ohne Netz.")
        return FormatLinks(_("Siegel"), [DownloadLink(href, _("Siegel"))], purpose)
