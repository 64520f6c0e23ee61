"""What differs between a visitor's file and the original, in words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from dnk_tool.catalogue import Criterion, Section
from dnk_tool.language import Language
from dnk_tool.services.publication.changed_data import ChangedData
from dnk_tool.services.publication.printed_pages import PagesResult, PagesVerdict

MAX_PARTS, MAX_RANGES = 30, 20
_OTHER_PARTS = {
    "reporting_year": _l("Berichtsjahr"),
    "language": _l("Sprache"),
    "assessments": _l("Selbsteinschätzung"),
    "gwp_set": _l("Treibhauspotenziale"),
    "climate_path": _l("Klimapfad"),
    "material_flow": _l("Stofffluss"),
    "annex": _l("Anhang"),
}


@dataclass(frozen=True, slots=True)
class PartList:
    """Parts of a declaration that differ, under a heading; `more`: how many are not listed."""

    title: str
    names: tuple[str, ...]
    more: int


def difference_texts(pages: PagesVerdict) -> list[str]:
    """Where the pages differ from the original; empty unless they do."""
    if pages.result is not PagesResult.OTHER:
        return []
    if pages.is_unreadable:
        return [_("Die Datei ist so gebaut, dass sich ihre Seiten nicht vergleichen lassen.")]
    said = []
    if pages.changed:
        text = ngettext(
            "In Ihrer Datei anders oder neu: Seite %(pages)s.",
            "In Ihrer Datei anders oder neu: Seiten %(pages)s.",
            len(pages.changed),
            pages=page_ranges(pages.changed),
        )
        said.append(text)
    if pages.missing:
        text = ngettext(
            "Aus dem Original fehlt: Seite %(pages)s.",
            "Aus dem Original fehlen: Seiten %(pages)s.",
            len(pages.missing),
            pages=page_ranges(pages.missing),
        )
        said.append(text)
    return said or [
        _(
            "Die Seiten selbst gleichen dem Original. Anders ist, was zur ganzen Datei gehört: Beilagen, "
            "Lesezeichen, Vorlesetexte, Formulare oder Ebenen, die etwas ein- und ausblenden."
        )
    ]


def page_ranges(numbers: Iterable[int]) -> str:
    """Rising numbers, those that follow one another as a range: 3, 7–9."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    said = [str(first) if first == last else f"{first}–{last}" for first, last in ranges[:MAX_RANGES]]
    return ", ".join(said) + (" …" if len(ranges) > MAX_RANGES else "")


def changed_parts(changed: ChangedData, language: Language) -> list[PartList]:
    """The criteria, figures and other parts that differ from the published version."""
    points = changed.published.selection.catalogue.datapoints
    figures = (
        f"{points[key].label.to(language)} ({year})" if key in points else f"{key} ({year})"
        for year, key in changed.figures
    )
    lists = (
        _part_list(_("Abschnitte"), (_section_name(section, language) for section in changed.sections)),
        _part_list(_("Kennzahlen"), figures),
        _part_list(_("Außerdem"), (str(_OTHER_PARTS[part]) for part in changed.others)),
    )
    return [part_list for part_list in lists if part_list.names]


def _part_list(title: str, names: Iterator[str]) -> PartList:
    said = list(dict.fromkeys(names))
    return PartList(title, tuple(said[:MAX_PARTS]), max(0, len(said) - MAX_PARTS))


def _section_name(section: Section, language: Language) -> str:
    title = section.title.to(language)
    if isinstance(section, Criterion):
        return str(_("Kriterium %(number)s: %(title)s", number=section.number, title=title))
    return title
