"""Remarks on a criterion's page: shown at their fields, with links to the page for answering."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from flask import url_for

from dnk_tool.catalogue import Section
from dnk_tool.store.review.remarks import RemarkThread
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.http.input.numbers import whole_number

# Prefix of button values that save the page and then lead to a thread or requirement.
REMARKS_ACTION = "remarks:"


def threads_by_ref(threads: Iterable[RemarkThread]) -> Mapping[str, Sequence[RemarkThread]]:
    """Group the threads by requirement; "" for those about the whole section."""
    by_ref: dict[str, list[RemarkThread]] = defaultdict(list)
    for thread in threads:
        by_ref[thread.ref].append(thread)
    return dict(by_ref)


def authors_of(threads: Iterable[RemarkThread]) -> set[int]:
    """Accounts of all authors that still exist."""
    return {remark.by for thread in threads for remark in thread.remarks if remark.by is not None}


def change_request_url(declaration_id: int, section: str, thread_id: int) -> str:
    """The page on which a change request is answered; it leads on to the page of any other remark."""
    return url_for(
        "change_requests.show", declaration_id=declaration_id, section_ref=section, thread_id=thread_id
    )


def remarks_url(declaration: Declaration, section: Section, about: str) -> str:
    """The page on which thread `about` is answered, or a remark on requirement `about` begun."""
    if thread_id := whole_number(about):
        return change_request_url(declaration.id, section.ref, thread_id)
    return url_for(
        "remarks.show",
        declaration_id=declaration.id,
        section_ref=section.ref,
        punkt=about if about in section.refs else None,
        _anchor="new",
    )
