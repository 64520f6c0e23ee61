"""What reviewers and company wrote to each other in all rounds, for the company to read at any time."""

from collections import defaultdict

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from dnk_tool.domain.permissions import Permission
from dnk_tool.domain.review import Audience, ReviewSide
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.review import remarks, rounds
from dnk_tool.store.review.remarks import RemarkThread
from dnk_tool.web.declarations.visible_sections import can_view_all_sections, visible_sections
from dnk_tool.web.http.access import current_declaration, permit
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review.company_side.threads import authors_of

blueprint = Blueprint("review_history", __name__)


@blueprint.get("/erklaerungen/<int:declaration_id>/pruefverlauf")
@permit(Permission.DECLARATION_ENTER)
def show(declaration_id: int) -> ResponseReturnValue:
    """Show remarks and answers by version, the newest first, and letters to those who may read all.

    Contributors read those on their own sections.
    """
    declaration = current_declaration()
    sections = {section.ref: section for section in visible_sections(declarations.selection_of(declaration))}
    order = list(sections)

    def place(thread: RemarkThread) -> tuple[int, int, int]:
        return -thread.version, order.index(thread.section), thread.id

    known = remarks.threads(db(), declaration_id, ReviewSide.COMPANY, sections=order)
    shared = sorted((thread for thread in known if thread.audience is Audience.SHARED), key=place)
    by_version: dict[int, dict[str, list[RemarkThread]]] = defaultdict(lambda: defaultdict(list))
    for thread in shared:
        by_version[thread.version][thread.section].append(thread)
    closings = rounds.rounds(db(), declaration_id) if can_view_all_sections() else ()
    letters = {closing.version: closing for closing in closings if closing.letter}
    return render_template(
        "answers/change_requests/history.html",
        declaration=declaration,
        sections=sections,
        rounds=[
            {"version": number, "letter": letters.get(number), "sections": by_version[number].items()}
            for number in sorted(by_version.keys() | letters.keys(), reverse=True)
        ],
        names=accounts.names_of(db(), authors_of(shared)),
    )
