"""A file that a finished version names stays the company's to keep, also where it is removed here."""

import pytest
from flask import Flask

from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.evidence import EvidenceTarget
from dnk_tool.domain.permissions import Actor, Role
from dnk_tool.services.declarations import submission
from dnk_tool.services.evidence.files import EvidenceDetails
from dnk_tool.services.work import Work
from tests.support.app import add_member, database_session
from tests.support.browsers import signed_in
from tests.support.evidence import add_evidence, make_file
from tests.support.review_scenario import NOW, import_craft


@pytest.mark.parametrize("is_listed", [True, False])
def test_removing_a_file_says_which_version_names_it(app: Flask, is_listed: bool) -> None:
    with database_session(app) as session:
        declaration = import_craft(session)
        add_member(session, declaration.organisation_id, "owner", Role.OWNER)
        owner = Actor(None, {declaration.organisation_id: Role.OWNER})
        about, file = EvidenceDetails("Vertrag", is_listed=is_listed), make_file(b"Vertrag", "Vertrag.pdf")
        blobs, target = app.extensions["dnk_blobs"], EvidenceTarget(ref="13.3")
        [kept] = add_evidence(session, blobs, declaration, owner, file, target=target, about=about).fresh
        submission.submit(Work(session, owner, NOW), declaration, cluster_id=None)
        declaration.state = State.REOPENED
        path = f"/erklaerungen/{declaration.id}/belege/{kept.id}/entfernen"
    client = signed_in(app, "owner")
    answer = client.get(path)
    assert answer.status_code == 200
    assert ("Version 1 Ihrer Erklärung nennt diesen Beleg" in answer.text) is is_listed
