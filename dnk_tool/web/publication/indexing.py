"""Whether search engines may show anything of this installation: the operator decides before any company."""

from dnk_tool.web.http.settings import current_settings


def is_indexing_allowed() -> bool:
    """Whether companies' own choices count; else nothing is for search engines."""
    return current_settings().robots != "none"
