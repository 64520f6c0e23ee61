"""URL converter for a file format, such as `docx`."""

import re

from flask import Flask
from werkzeug.routing import BaseConverter, Map

from dnk_tool.report.formats import FORMATS, ExportAudience, ExportFormat, offered_formats
from dnk_tool.report.view.edition import Variant


class ExportFormatConverter(BaseConverter):
    """`<export_format(company):export_format>`: a format offered to the audience, as ExportFormat.

    `variant`: only formats that can hold it. `own_routes=True` includes formats with routes of their own.
    """

    def __init__(
        self, url_map: Map, audience: str, *, variant: str = Variant.FULL, own_routes: bool = False
    ) -> None:
        super().__init__(url_map)
        formats = offered_formats(ExportAudience(audience), variant=Variant(variant), own_routes=own_routes)
        self.regex = "|".join(re.escape(export_format.extension) for export_format in formats)

    def to_python(self, value: str) -> ExportFormat:
        """The format with this extension."""
        return FORMATS[value]

    def to_url(self, value: ExportFormat | str) -> str:
        """The format's extension; strings stay as they are."""
        return value.extension if isinstance(value, ExportFormat) else value


def init_app(app: Flask) -> None:
    """Register the converter. Must come before the blueprints."""
    app.url_map.converters["export_format"] = ExportFormatConverter
