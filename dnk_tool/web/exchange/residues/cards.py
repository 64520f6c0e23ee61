"""Notices of residues as a page shows them: in words, without a name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.catalogue.residue_pairs import load_residue_pairs
from dnk_tool.catalogue.waste_codes import load_waste_codes
from dnk_tool.domain.exchange.residues import NoticeKind, PostedNotice, ResidueNotice
from dnk_tool.language import format_long_date, format_number
from dnk_tool.web.http.languages import current_language


@dataclass(frozen=True)
class NoticeCard:
    """A notice in words. `fits`: what it goes with on the board; `own_waste`: of the reading company's.

    `neighbour`: the cluster that it is from, empty for the own; `picture`: the address of its photo, if any.
    """

    id: int
    kind: NoticeKind
    title: str
    amount: str
    codes: tuple[str, ...]
    code_names: tuple[str, ...]
    form: str
    start: str
    starts_later: bool
    region: str
    sentence: str
    fits: str = ""
    own_waste: str = ""
    is_asked: bool = False
    neighbour: str = ""
    picture: str = ""
    picture_alt: str = ""


def notice_card(
    notice: ResidueNotice,
    notice_id: int,
    *,
    today: date,
    partners: int = 0,
    own_waste: str = "",
    is_asked: bool = False,
    neighbour: str = "",
    picture: str = "",
) -> NoticeCard:
    """What a page shows of a notice. `partners`: how many others go with it."""
    return NoticeCard(
        id=notice_id,
        kind=notice.kind,
        title=notice.title,
        amount=amount_text(notice),
        codes=notice.codes,
        code_names=tuple(code_name(code) for code in notice.codes),
        form=notice.form,
        start=start_text(notice, today),
        starts_later=not _is_there(notice, today),
        region=", ".join(f"{area}…" for area in notice.areas),
        sentence=notice.sentence,
        fits=_fits_text(notice.kind, partners),
        own_waste=own_waste,
        is_asked=is_asked,
        neighbour=neighbour,
        picture=picture,
        picture_alt=notice.picture_alt,
    )


def amount_text(notice: ResidueNotice) -> str:
    """How much in a year; a search says how much at most."""
    tonnes = format_number(notice.tonnes, current_language())
    if notice.kind is NoticeKind.SEARCH:
        return str(_("bis %(tonnes)s t im Jahr", tonnes=tonnes))
    return str(_("%(tonnes)s t im Jahr", tonnes=tonnes))


def start_text(notice: ResidueNotice, today: date) -> str:
    """From when, in words."""
    if notice.available_from is None or _is_there(notice, today):
        return str(_("sofort"))
    return format_long_date(notice.available_from, current_language())


def _is_there(notice: ResidueNotice, today: date) -> bool:
    return notice.available_from is None or notice.available_from <= today


def code_name(key: str) -> str:
    """What the list of waste calls a code; of one that changes, the latest name."""
    versions = load_waste_codes().by_key.get(key, ())
    return versions[-1].label.to(current_language()) if versions else ""


def material_name(key: str) -> str:
    """What a material is called; codes without one are other residues."""
    material = load_residue_pairs().materials.get(key)
    return material.label.to(current_language()) if material else str(_("Andere Reststoffe"))


def by_material(posted: Iterable[PostedNotice]) -> Mapping[str, list[PostedNotice]]:
    """The notices by key of their material, in the order of the table; those of none come last."""
    pairs = load_residue_pairs()
    found: dict[str, list[PostedNotice]] = {key: [] for key in (*pairs.materials, "")}
    for each in posted:
        found[pairs.material_of(each.notice.codes)].append(each)
    return {key: notices for key, notices in found.items() if notices}


def _fits_text(kind: NoticeKind, partners: int) -> str:
    if not partners:
        return ""
    if kind is NoticeKind.OFFER:
        return str(ngettext("passt zu %(num)d Gesuch", "passt zu %(num)d Gesuchen", partners))
    return str(ngettext("passt zu %(num)d Angebot", "passt zu %(num)d Angeboten", partners))
