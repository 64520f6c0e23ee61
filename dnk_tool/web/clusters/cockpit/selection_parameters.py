"""The selection of members as query parameters, written and read here alone."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

from werkzeug.datastructures import MultiDict

from dnk_tool.catalogue import editions, load_catalogue
from dnk_tool.catalogue.sectors import load_sectors
from dnk_tool.domain.clusters.cockpit import ClusterTask, MemberStage, NextMove
from dnk_tool.domain.clusters.criterion_signs import SignFilter
from dnk_tool.domain.organisation import CompanySize
from dnk_tool.services.accounts.lifecycle import one_line
from dnk_tool.store.clusters.cockpit import MemberFilter, MemberSortOrder
from dnk_tool.web.http.input.numbers import whole_number

MAX_SEARCH_LENGTH = 100
DESCENDING = "ab"
SEPARATOR = "."
NOBODY = "0"
TAKING_PART = {"ja": True, "nein": False}

Enumeration = TypeVar("Enumeration", bound=StrEnum)


def filter_parameters(wanted: MemberFilter) -> dict[str, str]:
    """Filter and order as query parameters; what selects nothing is left out."""
    parameters = {
        "stand": wanted.stage or "",
        "aufgabe": wanted.task or "",
        "am-zug": wanted.turn or "",
        "dabei": next((said for said, takes in TAKING_PART.items() if takes is wanted.takes_part), ""),
        "kriterium": wanted.criterion,
        "zeichen": wanted.sign or "",
        "fehlt": SEPARATOR.join(wanted.lacking),
        "branche": wanted.sector,
        "groesse": wanted.size or "",
        "indikatoren": wanted.indicator_set,
        "nur": _joined_ids(wanted.members),
        "suche": wanted.text,
        "sortierung": wanted.order if wanted.order is not MemberSortOrder.COMPANY else "",
        "richtung": DESCENDING if wanted.descending else "",
    }
    return {name: str(value) for name, value in parameters.items() if value}


def read_filter(arguments: MultiDict[str, str]) -> MemberFilter:
    """Read filter and order; missing and invalid values get their defaults.

    A sign without a criterion selects nothing. Ticks come one by one or joined.
    """
    catalogue = load_catalogue(editions()[-1])
    known = [criterion.ref for criterion in catalogue.criteria]
    criterion = arguments.get("kriterium", "")
    criterion = criterion if criterion in known else ""
    lacking = frozenset(arguments.get("fehlt", "").split(SEPARATOR))
    sectors = {section.key for section in load_sectors().current.sections}
    sets = {indicator_set.key for indicator_set in catalogue.indicator_sets}
    return MemberFilter(
        stage=_member_of(MemberStage, arguments, "stand"),
        task=_member_of(ClusterTask, arguments, "aufgabe"),
        turn=_member_of(NextMove, arguments, "am-zug"),
        takes_part=TAKING_PART.get(arguments.get("dabei", "")),
        criterion=criterion,
        sign=_member_of(SignFilter, arguments, "zeichen") if criterion else None,
        lacking=tuple(ref for ref in known if ref in lacking),
        sector=_one_of(sectors, arguments, "branche"),
        size=_member_of(CompanySize, arguments, "groesse"),
        indicator_set=_one_of(sets, arguments, "indikatoren"),
        members=_read_ids(arguments.getlist("nur")),
        text=one_line(arguments.get("suche", ""))[:MAX_SEARCH_LENGTH],
        order=_member_of(MemberSortOrder, arguments, "sortierung") or MemberSortOrder.COMPANY,
        descending=arguments.get("richtung") == DESCENDING,
    )


def _joined_ids(members: frozenset[int] | None) -> str:
    if members is None:
        return ""
    return SEPARATOR.join(map(str, sorted(members))) or NOBODY


def _read_ids(values: Iterable[str]) -> frozenset[int] | None:
    parts = SEPARATOR.join(filter(None, values)).split(SEPARATOR)
    numbers = [whole_number(part) for part in parts if part]
    return frozenset(number for number in numbers if number) if numbers else None


def _member_of(kind: type[Enumeration], arguments: Mapping[str, str], name: str) -> Enumeration | None:
    value = arguments.get(name)
    return next((choice for choice in kind if choice.value == value), None)


def _one_of(known: Iterable[str], arguments: Mapping[str, str], name: str) -> str:
    value = arguments.get(name, "")
    return value if value in known else ""
