"""Residues that members of a cluster offer and search: what a notice says, and which of them go together."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from dnk_tool.catalogue.residue_pairs import ResiduePair, ResiduePairs

MAX_NOTICES = 30  # of a company in a cluster
MAX_OFFERED_CODES, MAX_SEARCHED_CODES = 1, 5
MAX_AREAS = 5
MAX_OPEN_INQUIRIES = 5  # of a company in a cluster, not answered yet
MAX_INQUIRIES_A_DAY = 5  # of a company
MAX_NEIGHBOURS = 10  # of a cluster, with proposals
MAX_PROPOSALS_A_DAY = 5  # of a cluster
MAX_OPEN_REPORTS = 5  # of a company in a cluster, about which no manager has decided yet

_AREA = re.compile(r"[0-9]{2}")
_CODE = re.compile(r"\b[0-9]{2} [0-9]{2} [0-9]{2}\b")
_CONTACT = re.compile(
    r"@|https?:|www\.|\b[\w-]+\.(?:de|com|eu|net|org|info|example)\b|(?:\+|\b0)[0-9][0-9 /()-]{5,}[0-9]", re.I
)
# A number with a currency; "EUR-Paletten" and "200 Euro-Paletten" name none.
_PRICE = re.compile(
    r"[0-9]\s*(?:€|(?:eur|euro|cent)\b(?![- ]?(?:pal|kist|norm|box)))|(?:€|\b(?:eur|euro)\b)\s*[0-9]", re.I
)
# Words of a company's name that say nothing about which one it is.
_LEGAL_FORMS = ("gmbh", "co", "kg", "ag", "ohg", "gbr", "ug", "mbh", "se", "ev", "eg")
_COMMON_WORDS = frozenset({*_LEGAL_FORMS, "und", "der", "die", "das", "für", "and", "the", "of", "gebr"})


class NoticeKind(StrEnum):
    """Whether a residue is offered or searched."""

    OFFER = "offer"
    SEARCH = "search"


class TextFault(StrEnum):
    """What a text that others read without a name must not hold."""

    COMPANY_NAME = "company-name"
    CONTACT = "contact"
    PRICE = "price"


@dataclass(frozen=True, slots=True)
class ResidueNotice:
    """What a company offers or searches. `codes`: waste codes such as "12 01 03"; `tonnes`: in a year.

    `form`: how it comes, such as "lose, im Container". `available_from` is None for at once. `areas`: the
    first two digits of postcodes, none where the company does not say. `picture_alt`: what its photo shows.
    """

    kind: NoticeKind
    title: str
    codes: tuple[str, ...]
    tonnes: Decimal
    form: str = ""
    available_from: date | None = None
    areas: tuple[str, ...] = ()
    sentence: str = ""
    picture_alt: str = ""


@dataclass(frozen=True, slots=True)
class PostedNotice:
    """A notice on the board of a cluster: its id, and by which company, which no page may name.

    `picture`: SHA-256 of its photo, empty for none. `neighbour`: the name of the cluster that it is from,
    empty for the board's own. `crosses`: whether its company lets neighbouring clusters see it.
    """

    id: int
    organisation_id: int
    notice: ResidueNotice
    picture: str = ""
    neighbour: str = ""
    crosses: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """An offer and a search that go together; `pair`: by which entry of the table, None for the same code."""

    offer: PostedNotice
    search: PostedNotice
    pair: ResiduePair | None = None


def matches(posted: Collection[PostedNotice], pairs: ResiduePairs) -> list[Match]:
    """Each offer with each search that it fits, of different companies; those with the same code first.

    One of a neighbouring cluster goes with the board's own alone, and only where both companies let the
    neighbours see it: else who is introduced would read what is not meant for it.
    """
    offers = [each for each in posted if each.notice.kind is NoticeKind.OFFER]
    searches = [each for each in posted if each.notice.kind is NoticeKind.SEARCH]
    found = [
        match
        for offer in offers
        for search in searches
        if _may_meet(offer, search) and (match := _match(offer, search, pairs))
    ]
    return sorted(found, key=lambda match: (match.pair is not None, match.offer.id, match.search.id))


def fitting_codes(codes: Sequence[str], wanted: Sequence[str], pairs: ResiduePairs) -> bool:
    """Whether a residue with one of these codes can stand for one that is wanted."""
    return any(one == other or pairs.pair_of(one, other) for one in codes for other in wanted)


def partners_by_notice(found: Collection[Match]) -> Mapping[int, int]:
    """How many notices each one goes with, by its id; those with none are left out."""
    counts: dict[int, int] = {}
    for match in found:
        for each in (match.offer.id, match.search.id):
            counts[each] = counts.get(each, 0) + 1
    return counts


def typed_areas(text: str) -> tuple[str, ...] | None:
    """The postcode areas that somebody typed, such as "32, 33"; None where something else stands there."""
    parts = [part.rstrip(".…x") for part in re.split(r"[\s,;]+", text.strip()) if part]
    if len(parts) > MAX_AREAS or not all(_AREA.fullmatch(part) and part.isascii() for part in parts):
        return None
    return tuple(dict.fromkeys(parts))


def text_faults(text: str, company: str) -> tuple[TextFault, ...]:
    """What in a text tells who wrote it, or names a price. It finds slips, not who wants to deceive."""
    faults = []
    if _names_company(text, company):
        faults.append(TextFault.COMPANY_NAME)
    if _CONTACT.search(_CODE.sub("", text)):
        faults.append(TextFault.CONTACT)
    if _PRICE.search(text):
        faults.append(TextFault.PRICE)
    return tuple(faults)


def _may_meet(offer: PostedNotice, search: PostedNotice) -> bool:
    if offer.organisation_id == search.organisation_id or (offer.neighbour and search.neighbour):
        return False
    return not (offer.neighbour or search.neighbour) or (offer.crosses and search.crosses)


def _match(offer: PostedNotice, search: PostedNotice, pairs: ResiduePairs) -> Match | None:
    offered, wanted = offer.notice.codes, search.notice.codes
    if set(offered) & set(wanted):
        return Match(offer, search)
    found = (pairs.pair_of(one, other) for one in offered for other in wanted)
    pair = next((each for each in found if each), None)
    return Match(offer, search, pair) if pair else None


def _names_company(text: str, company: str) -> bool:
    """Whether the whole name, or the words of it that are the company's own, stand in the text together."""
    words = [word for word in re.findall(r"\w+", company.casefold()) if word not in _COMMON_WORDS]
    said = re.findall(r"\w+", text.casefold())
    if not words:
        return company.casefold() in text.casefold() and bool(company)
    return any(said[at : at + len(words)] == words for at in range(len(said)))
