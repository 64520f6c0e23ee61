"""A cluster with a round, its manager and a member, signed in: what tests of the jury's pages share."""

import re

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from dnk_tool.domain.permissions import ClusterRole, Role
from dnk_tool.store.tables.exchange.awards import AwardRow, NominationRow
from dnk_tool.store.tables.mail import Mail
from tests.integration.exchange import award_rounds
from tests.integration.exchange.award_rounds import by_shell
from tests.support.app import (
    add_consent,
    database_session,
    form_fields,
    make_cluster,
    make_organisation,
    post,
    sign_in,
)

LINK = re.compile(r"/jury/([\w-]{40,})")


class JuryCast:
    """A cluster with its manager and a member with its owner, signed in, and a round of the cluster."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with database_session(app) as session:
            cluster = make_cluster(session, "Preisnetz", gesine=ClusterRole.MANAGER)
            member = make_organisation(session, "Möbelwerk Eich GmbH", erna=Role.OWNER)
            add_consent(session, member.id, cluster.id)
            award = award_rounds.open_round(by_shell(session), cluster)
            self.cluster, self.member, self.award = cluster.id, member.id, award.id
        self.manager, self.owner = app.test_client(), app.test_client()
        sign_in(self.manager, "gesine@example.org")
        sign_in(self.owner, "erna@example.org")
        self.page = f"/cluster/{self.cluster}/auszeichnungen/{self.award}"
        self.own = f"/unternehmen/{self.member}/auszeichnungen/{self.award}"

    def stand(self, **more: str) -> None:
        """Let the member nominate itself."""
        texts = {part: getattr(award_rounds.WORDS, part) for part in
                 ("title", "before", "idea", "done", "effort", "advice")}  # fmt: skip
        answer = post(
            self.owner, f"{self.own}/vorschlagen", texts | {"is_public": "1", "version": "0"} | more
        )
        assert answer.location == f"{self.own}/vorschlag"

    def invite(self, email: str = "Ute@Jury.example", name: str = "Ute Jung", *, language: str = "de") -> str:
        """Invite a juror; the token of the link in the mail."""
        fields = {"name": name, "email": email, "language": language}
        assert post(self.manager, f"{self.page}/jury", fields).status_code == 303
        with database_session(self.app) as session:
            body = session.scalars(select(Mail.body).order_by(Mail.id.desc())).first() or ""
        found = LINK.search(body)
        assert found is not None
        return found[1]

    def lead_on(self, to: str) -> None:
        version = self.stored().version
        assert (
            post(self.manager, f"{self.page}/weiter", {"to": to, "version": str(version)}).status_code == 303
        )

    def stored(self) -> AwardRow:
        with database_session(self.app) as session:
            return session.get_one(AwardRow, self.award)

    def nomination(self) -> int:
        with database_session(self.app) as session:
            return session.scalars(select(NominationRow.id)).one()

    def judge(self, client: FlaskClient, token: str, key: int, *points: int, **more: str) -> int:
        """Send a juror's sheet as its page has it; the status of the answer."""
        fields = form_fields(client.get(f"/jury/{token}/{key}").text)
        given = {f"points-{place}": str(one) for place, one in enumerate(points)}
        return post(client, f"/jury/{token}/{key}", fields | given | more).status_code

    def give_prizes(self, **prizes: str) -> None:
        """Decide: the words of a prize by the id of a nomination, as the field `prize_7`."""
        fields = {name.replace("_", "-"): prize for name, prize in prizes.items()}
        sent = fields | {"version": str(self.stored().version)}
        assert post(self.manager, f"{self.page}/ergebnis", sent).status_code == 303

    def add_member(self, name: str, owner: str) -> int:
        """Another member that nominates itself with its own words; the id of its nomination."""
        with database_session(self.app) as session:
            member = make_organisation(session, name, **{owner: Role.OWNER})
            add_consent(session, member.id, self.cluster)
            return award_rounds.nominate(by_shell(session), member.id, self.award)

    def mails(self, recipient: str) -> list[str]:
        """Subject and text of each mail to somebody, in order."""
        with database_session(self.app) as session:
            rows = session.scalars(select(Mail).where(Mail.recipient == recipient).order_by(Mail.id))
            return [f"{row.subject}\n{row.body}" for row in rows]
