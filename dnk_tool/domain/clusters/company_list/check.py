"""Tells which rows of a list of companies can be invited, which have a fault, and what to ask about.

Finds names that are probably those of the same company: "Tischlerei Sommer", "Tischlerei Sommer GmbH".
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import SequenceMatcher
from functools import cached_property

from dnk_tool.domain.clusters.company_list.columns import (
    LANGUAGE_WORDS,
    CompanyColumn,
    cell_at,
    extract_address,
    is_phone_number,
)
from dnk_tool.domain.clusters.company_list.rows import (
    LONGEST_COMPANY,
    LONGEST_NAME,
    LONGEST_WRITTEN,
    CheckedRow,
    CompanyListPreview,
    CompanyQuestion,
    CompanyRow,
    CompanyRowFault,
    InvitationKey,
    RowDecision,
    WrittenRow,
)
from dnk_tool.domain.uploads import SpreadsheetRow
from dnk_tool.language import Language

# Measured on pairs of names in tests/unit/clusters/test_company_names.py.
SIMILAR = 0.9
_FEWEST_WORDS = 2
_LEGAL_FORMS = (
    r"gmbh\s*&\s*co\s*kgaa|gmbh\s*&\s*co\s*kg|ug\s*haftungsbeschränkt|ag\s*&\s*co\s*kg|kgaa|gmbh|ggmbh|mbh|ohg"
    r"|gbr|part\s*g?\s*mbb|kg|ag|ug|eg|se|e\s?v|e\s?k|ev|ek|ltd|limited|inc|llc|und\s*co|&\s*co"
)
_LEGAL_FORM = re.compile(rf"\b(?:{_LEGAL_FORMS})\b")
_SPELLINGS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "&": " und ", "+": " und "})
_MOST_CANDIDATES = 4  # trigrams: the rarest ones of a name


def bare_name(name: str) -> str:
    """The name in lower case without legal form and signs; umlauts as two letters."""
    text = re.sub(r"[.,()\"„“'’]", " ", name.casefold())
    text = re.sub(r"\b([a-z]) (?=[a-z]\b)", r"\1", " ".join(text.split()))  # "e. K." is "ek"
    bare = _LEGAL_FORM.sub(" ", text) if _LEGAL_FORM.sub("", text).strip(" &-") else text
    words = re.findall(r"\w+", bare.translate(_SPELLINGS))
    return " ".join(words).removesuffix(" und") or name.casefold()


def are_similar(one: str, other: str) -> bool:
    """Whether two bare names are probably those of the same company.

    All words of one stand in the other, or nine tenths of the letters agree in their order. With other
    numbers they are two, such as "Werk 2" and "Werk 3".
    """
    words, others = sorted((set(one.split()), set(other.split())), key=len)
    if one == other or (len(words) >= _FEWEST_WORDS and words <= others):
        return True
    if any(any(map(str.isdigit, word)) for word in words ^ others):
        return False
    most = 2 * min(len(one), len(other)) / (len(one) + len(other))
    return most >= SIMILAR and SequenceMatcher(None, one, other, autojunk=False).ratio() >= SIMILAR


class SimilarNames:
    """Names among which a similar one is found without comparing with all of them."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._exact: dict[str, str] = {}
        self._by_trigram: dict[str, list[str]] = defaultdict(list)
        for name in sorted(names):
            self.add(name)

    def add(self, name: str) -> None:
        """Add a name; of several that are the same without their legal forms, the first stays."""
        bare = bare_name(name)
        if bare not in self._exact:
            self._exact[bare] = name
            for trigram in _trigrams(bare):
                self._by_trigram[trigram].append(bare)

    def find(self, name: str) -> str | None:
        """The name that is similar to this one, as it was added; None if none is."""
        bare = bare_name(name)
        if bare in self._exact:
            return self._exact[bare]
        known = [self._by_trigram[trigram] for trigram in _trigrams(bare) if trigram in self._by_trigram]
        rarest = sorted(known, key=len)[:_MOST_CANDIDATES]
        candidates = dict.fromkeys(other for names in rarest for other in names)
        return next((self._exact[other] for other in candidates if are_similar(bare, other)), None)


def _trigrams(bare: str) -> list[str]:
    padded = f" {bare} "
    return sorted({padded[i : i + 3] for i in range(len(padded) - 2)})


@dataclass(frozen=True)
class KnownCompanies:
    """The companies that a cluster knows.

    `members` are the names of members. `joined` are the invitations that members accepted, `invited` those
    that are pending, each with the company's name as it was written; `withdrawn` the names of companies that
    are no members any more, with the day on which they withdrew their consent, `declined` those that said no
    to an invitation, with the day. `cohorts` are the ids of the cohorts that can be joined, by
    their names by `str.casefold`.
    """

    members: Collection[str] = frozenset()
    joined: Mapping[InvitationKey, str] = field(default_factory=dict)
    invited: Mapping[InvitationKey, str] = field(default_factory=dict)
    withdrawn: Mapping[str, date] = field(default_factory=dict)
    declined: Mapping[str, date] = field(default_factory=dict)
    cohorts: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def member_keys(self) -> frozenset[str]:
        """The names of members by `str.casefold`."""
        return frozenset(map(str.casefold, self.members))


def written_rows(
    rows: Sequence[SpreadsheetRow],
    columns: Mapping[CompanyColumn, int],
    edits: Mapping[int, Mapping[CompanyColumn, str]],
) -> list[WrittenRow]:
    """The rows with something in one of the columns, as they are written or were corrected.

    `edits` are corrections by the number of the row; corrected rows count even if nothing is left in them.
    """
    found = []
    for line in rows:
        texts = {column: cell_at(line, place)[:LONGEST_WRITTEN] for column, place in columns.items()}
        first_name = texts.pop(CompanyColumn.FIRST_NAME, "")
        names = filter(None, (first_name, texts.get(CompanyColumn.NAME, "")))
        texts[CompanyColumn.NAME] = " ".join(names)[:LONGEST_WRITTEN]
        texts |= edits.get(line.number, {})
        if any(texts.values()) or line.number in edits:
            found.append(
                WrittenRow(
                    line.number,
                    texts.get(CompanyColumn.COMPANY, ""),
                    extract_address(texts.get(CompanyColumn.EMAIL, "")),
                    texts[CompanyColumn.NAME],
                    texts.get(CompanyColumn.LANGUAGE, ""),
                    texts.get(CompanyColumn.COHORT, ""),
                )
            )
    return found


def check_rows(
    rows: Sequence[WrittenRow],
    known: KnownCompanies,
    *,
    read_address: Callable[[str], str],
    language: Language,
    cohort_id: int | None = None,
    decisions: Mapping[int, RowDecision] | None = None,
) -> CompanyListPreview:
    """Check each row against its own cells, the rows above it, and what the cluster knows.

    `read_address` returns an address as it is stored, or raises ValueError; `language` and
    `cohort_id` apply to rows that name none.
    """
    others, decided = _Others(known), decisions or {}
    everyone = cohort_id if cohort_id in known.cohorts.values() else None
    checked = (_check_row(written, known, others, read_address, language, everyone) for written in rows)
    return CompanyListPreview(
        tuple(
            replace(one, decision=decided.get(one.number)) if one.number in decided else one
            for one in checked
        )
    )


def known_company_fault(row: CompanyRow, known: KnownCompanies) -> CompanyRowFault | None:
    """Why the company needs no invitation: it is a member, or invited already; else None."""
    if row.invitation_key in known.joined or row.company.casefold() in known.member_keys:
        return CompanyRowFault.MEMBER
    return CompanyRowFault.INVITED if row.invitation_key in known.invited else None


def read_row(
    written: WrittenRow, read_address: Callable[[str], str], language: Language
) -> CompanyRow | CompanyRowFault:
    """The company to be invited, or what has to be corrected before."""
    if fault := _address_fault(written.email):
        return fault
    try:
        email = read_address(written.email)
    except ValueError:
        return CompanyRowFault.INVALID_ADDRESS
    if not written.company:
        return CompanyRowFault.NO_COMPANY
    if len(written.company) > LONGEST_COMPANY:
        return CompanyRowFault.LONG_COMPANY
    if len(written.name) > LONGEST_NAME:
        return CompanyRowFault.LONG_NAME
    wish = written.language.casefold()
    if wish and wish not in LANGUAGE_WORDS:
        return CompanyRowFault.UNKNOWN_LANGUAGE
    chosen = LANGUAGE_WORDS.get(wish, language)
    return CompanyRow(written.number, written.company, email, written.name, chosen)


def _address_fault(written: str) -> CompanyRowFault | None:
    if not written:
        return CompanyRowFault.NO_ADDRESS
    if is_phone_number(written):
        return CompanyRowFault.PHONE_NUMBER
    if ".." in written:
        return CompanyRowFault.TWO_DOTS
    box, at, domain = written.rpartition("@")
    return CompanyRowFault.NO_DOT if box and at and domain and "." not in domain else None


def _in_cohort(
    row: CompanyRow, text: str, known: KnownCompanies, cohort_id: int | None
) -> CompanyRow | CompanyRowFault:
    """The company in the cohort that its row names; in a cluster without cohorts the text counts for none."""
    if not text or not known.cohorts:
        return replace(row, cohort_id=cohort_id)
    named = known.cohorts.get(text.casefold())
    return CompanyRowFault.UNKNOWN_COHORT if named is None else replace(row, cohort_id=named)


class _Others:
    """What a row is compared with: the cluster's companies, and the rows above it."""

    def __init__(self, known: KnownCompanies) -> None:
        self.members = SimilarNames(known.members)
        self.withdrawn = SimilarNames(known.withdrawn)
        self.declined = SimilarNames(known.declined)
        self.invited = SimilarNames(known.invited.values())
        self.addresses = {company: email for email, company in sorted(known.invited)}
        self.companies = {
            email: name for (email, _), name in sorted({**known.joined, **known.invited}.items())
        }
        self.rows, self.row_names = dict[InvitationKey, int](), SimilarNames()
        self.row_of_company, self.row_of_address = dict[str, int](), dict[str, int]()

    def add(self, row: CompanyRow) -> None:
        """Let the rows below be compared with this one."""
        email, company = row.invitation_key
        self.rows[email, company] = row.number
        self.row_names.add(row.company)
        self.row_of_company.setdefault(company, row.number)
        self.row_of_address.setdefault(email, row.number)


def _check_row(
    written: WrittenRow,
    known: KnownCompanies,
    others: _Others,
    read_address: Callable[[str], str],
    language: Language,
    cohort_id: int | None,
) -> CheckedRow:
    row = read_row(written, read_address, language)
    if isinstance(row, CompanyRow):
        row = _in_cohort(row, written.cohort, known, cohort_id)
    if isinstance(row, CompanyRowFault):
        return CheckedRow(written, fault=row)
    first = others.rows.get(row.invitation_key)
    if first is not None:
        return CheckedRow(written, fault=CompanyRowFault.TWICE, detail=str(first))
    if fault := known_company_fault(row, known):
        return CheckedRow(written, fault=fault)
    question, detail = _question(row, known, others)
    others.add(row)
    return CheckedRow(written, row, question=question, detail=detail)


def _question(
    row: CompanyRow, known: KnownCompanies, others: _Others
) -> tuple[CompanyQuestion | None, str | date]:
    """The most important question about the row, with what it is about."""
    email, company = row.invitation_key
    if similar := others.withdrawn.find(row.company):
        return CompanyQuestion.WITHDRAWN, known.withdrawn[similar]
    if similar := others.declined.find(row.company):
        return CompanyQuestion.DECLINED, known.declined[similar]
    if similar := others.members.find(row.company):
        return CompanyQuestion.SIMILAR_MEMBER, similar
    if company in others.addresses:
        return CompanyQuestion.INVITED_ELSEWHERE, others.addresses[company]
    if similar := others.invited.find(row.company):
        return CompanyQuestion.SIMILAR_INVITED, similar
    if company in others.row_of_company:
        return CompanyQuestion.COMPANY_TWICE, str(others.row_of_company[company])
    if similar := others.row_names.find(row.company):
        number = others.row_of_company[similar.casefold()]
        return CompanyQuestion.SIMILAR_ROW, f"{number}, {similar}"
    if email in others.companies:
        return CompanyQuestion.ADDRESS_KNOWN, others.companies[email]
    if email in others.row_of_address:
        return CompanyQuestion.ADDRESS_TWICE, str(others.row_of_address[email])
    return None, ""
