"""Mails about what members share tell no word of it to anybody but its company, and no name too early."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.exchange.awards import AwardRow
from dnk_tool.store.tables.exchange.examples import ExampleRow
from dnk_tool.store.tables.exchange.residues import ResidueInquiryRow
from dnk_tool.web.mail import mails
from tests.integration.exchange import award_rounds
from tests.integration.exchange.shared_members import (
    NAME,
    WORDS,
    Sharing,
    clients,
    share_everything,
    sharing_consent,
    told_words,
)
from tests.support.app import database_session, form_fields, make_world, post, sign_in

TEMPLATES = Path(__file__).parents[3] / "templates/mail"
OWN = {"owner@example.org", "editor@example.org"}
# Who else reads a word of the company, and its name, in which mail. Managers know their members.
WORDS_FOR_OTHERS = {
    ("exchange/residue_reported", "manager@example.org"): {WORDS["residues"]},
    ("exchange/residue_contact", "neighbour@example.org"): {WORDS["residues"]},  # once both agreed
}
NAMED_TO_OTHERS = {
    ("exchange/residue_contact", "neighbour@example.org"),  # once both agreed
    ("exchange/example_offered", "manager@example.org"),
}


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str]]:
    """Template, recipient and text of each mail that is written from now on."""
    written: list[tuple[str, str, str]] = []
    render = mails.render_mail

    def noted(template: str, account: Any, **values: Any) -> Any:
        mail = render(template, account, **values)
        written.append((template, account.email, repr(mail)))
        return mail

    monkeypatch.setattr(mails, "render_mail", noted)
    return written


class Exchange:
    """The pages on which people cause mails."""

    def __init__(self, app: Flask, sharing: Sharing) -> None:
        self.app, self.sharing = app, sharing
        browsers = clients(app)
        self.neighbour, self.manager, self.owner = browsers["member"], browsers["team"], app.test_client()
        sign_in(self.owner, "owner@example.org")
        self.cluster = f"/cluster/{sharing.world.cluster}"
        self.own, self.theirs = (f"/unternehmen/{company}" for company in (sharing.world.own, sharing.reader))

    def send(self, client: FlaskClient, path: str, **fields: str) -> None:
        assert post(client, path, fields).status_code == 303, path

    def residues(self) -> None:
        notice = self.sharing.values["notice_id"]
        self.send(self.neighbour, f"{self.theirs}/reststoffe/{notice}/anfragen", message="Geht 1 t?")
        self.send(self.neighbour, f"{self.theirs}/reststoffe/{notice}/melden", reason="Das ist Werbung.")
        with database_session(self.app) as session:
            inquiry = session.scalars(select(ResidueInquiryRow.id)).one()
        self.send(self.owner, f"{self.own}/reststoffe/anfragen/{inquiry}/zustimmen")
        self.send(self.manager, f"{self.cluster}/reststoffe/{notice}/herunternehmen", reason="Bitte ändern.")
        other = self.sharing.world.foreign_cluster
        self.send(self.manager, f"{self.cluster}/reststoffe/nachbarn/{other}/beenden")

    def examples(self) -> None:
        example = self.sharing.values["example_id"]
        about, cluster = f"{self.own}/beispiele/eigene/{example}", str(self.sharing.world.cluster)
        self.send(self.owner, f"{about}/zurueckziehen")
        self.send(self.owner, f"{about}/anbieten", cluster=cluster, version=self.version())
        self.send(
            self.manager, f"{self.cluster}/beispiele/{example}/veroeffentlichen", version=self.version()
        )

    def version(self) -> str:
        """Of the example, as it is stored now."""
        with database_session(self.app) as session:
            return str(session.scalars(select(ExampleRow.version)).one())

    def awards(self) -> None:
        """A new round, in which the neighbour stands, and the company once it is asked; it wins."""
        world = self.sharing.world
        with database_session(self.app) as session:
            cluster, by = session.get_one(Cluster, world.cluster), award_rounds.by_shell(session)
            award = award_rounds.open_round(by, cluster, name="Neuer Preis").id
            award_rounds.nominate(by, self.sharing.reader, award)
            asked = str(sharing_consent(session, world).id)
        about = f"{self.cluster}/auszeichnungen/{award}"
        self.send(self.manager, f"{about}/vorschlagen", member=asked, title="Sie")
        self.send(self.manager, f"{about}/jury", name="Ute Jung", email="ute@jury.example", language="de")
        with database_session(self.app) as session:
            words = replace(award_rounds.WORDS, title=WORDS["nomination"])
            own = award_rounds.nominate(
                award_rounds.by_shell(session), world.own, award, content=words, seen=1
            )
            version = str(session.get_one(AwardRow, award).version)
        self.send(self.manager, f"{about}/weiter", to="judging", version=version)
        result = form_fields(self.manager.get(f"{about}/ergebnis").text)
        prize = {name: value[0] for name, value in result.items() if value} | {f"prize-{own}": "1. Preis"}
        self.send(self.manager, f"{about}/ergebnis", **prize)


def test_no_mail_tells_others_more_than_they_may_know(app: Flask, sent: list[tuple[str, str, str]]) -> None:
    world = make_world(app)
    with database_session(app) as session:
        sharing = share_everything(session, world)
    exchange = Exchange(app, sharing)
    for part in (exchange.residues, exchange.examples, exchange.awards):
        part()
    for template, recipient, text in sent:
        if recipient not in OWN:
            assert told_words(text) == WORDS_FOR_OTHERS.get((template, recipient), set()), (
                template,
                recipient,
            )
            assert (NAME in text) == ((template, recipient) in NAMED_TO_OTHERS), (template, recipient)
    known = {str(file.relative_to(TEMPLATES).with_suffix("")) for file in TEMPLATES.glob("exchange/*.txt")}
    assert {template for template, *_more in sent} == known, "cause the new mail here"
