"""The pages of an award: a manager opens it, members stand, jurors judge by a link, prizes are given."""

import html
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import select

from dnk_tool.domain.mail import MailDelivery, RefusalReason
from dnk_tool.domain.permissions import Role
from dnk_tool.store.mail import outbox
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.store.tables.exchange.awards import JurorRow, NominationRow
from tests.integration.exchange import award_rounds
from tests.integration.exchange.award_rounds import CANARY, by_shell
from tests.integration.exchange.awards.jury_cast import JuryCast
from tests.support.app import (
    add_consent,
    add_member,
    count_statements,
    database_session,
    form_fields,
    make_organisation,
    post,
)
from tests.support.browsers import signed_in

HOSTILE = "<script>alert(1)</script>{{ 7*7 }}\u202e"
MOST_STATEMENTS = 15


def test_from_the_round_to_the_certificate(any_app: Flask) -> None:
    cast = JuryCast(any_app)
    cast.stand()
    token = cast.invite()
    juror = any_app.test_client()
    assert juror.get(f"/jury/{token}").status_code == 410, "the jury has not begun"
    cast.lead_on("judging")
    page = juror.get(f"/jury/{token}").text
    assert CANARY in page
    assert "Möbelwerk Eich GmbH" in page
    key = cast.nomination()
    sheet = form_fields(juror.get(f"/jury/{token}/{key}").text)
    points = {"points-0": "5", "points-1": "3", "word": "Stark"}
    assert post(juror, f"/jury/{token}/{key}", sheet | points).location == f"/jury/{token}"
    assert "fertig" in juror.get(f"/jury/{token}").text
    result = cast.manager.get(f"{cast.page}/ergebnis")
    assert "4,20 von 5 Punkten" in result.text
    assert "Stark" in result.text
    fields = form_fields(result.text) | {f"prize-{key}": "1. Preis"}
    assert post(cast.manager, f"{cast.page}/ergebnis", fields).status_code == 303
    assert "1. Preis" in cast.owner.get(f"/unternehmen/{cast.member}/auszeichnungen").text
    for client, address in (
        (cast.owner, f"{cast.own}/urkunde.pdf"),
        (cast.manager, f"{cast.page}/vorschlaege/{key}/urkunde.pdf"),
    ):
        certificate = client.get(address)
        assert certificate.data.startswith(b"%PDF"), certificate.text[:500]
    assert juror.get(f"/jury/{token}").status_code == 410, "the jury has ended"


def test_a_new_round_needs_weights_of_100_and_keeps_what_was_typed(app: Flask) -> None:
    cast = JuryCast(app)
    base = f"/cluster/{cast.cluster}/auszeichnungen"
    fields = form_fields(cast.manager.get(f"{base}/neu").text) | {"name": "Kreislaufpreis"}
    wrong = post(cast.manager, f"{base}/neu", fields | {"criteria-0-weight": "41"})
    assert wrong.status_code == 422
    assert "nicht 100" in wrong.text
    assert 'value="41"' in wrong.text
    made = post(cast.manager, f"{base}/neu", fields)
    assert made.status_code == 303
    assert "Kreislaufpreis" in cast.manager.get(made.location).text


def test_a_juror_sees_neither_points_of_others_nor_what_waits_for_a_yes(app: Flask) -> None:
    cast = JuryCast(app)
    cast.stand()
    token, key = cast.invite(), cast.nomination()
    eva = cast.invite("eva@jury.example", "Eva Kern")
    with database_session(app) as session:
        other = make_organisation(session, "Wartende GmbH", leo=Role.OWNER)
        consent = add_consent(session, other.id, cast.cluster)
        session.flush()
        waits = str(consent.id)
    asked = post(cast.manager, f"{cast.page}/vorschlagen", {"member": waits, "title": "Geheim"})
    assert asked.status_code == 303
    nobody = post(cast.manager, f"{cast.page}/vorschlagen", {"member": "", "title": "Bleibt stehen"})
    assert (nobody.status_code, "Bleibt stehen" in nobody.text) == (422, True)
    cast.lead_on("judging")
    assert cast.judge(app.test_client(), eva, key, 5, 5, word="Nur von Eva") == 303
    juror = app.test_client()
    page = juror.get(f"/jury/{token}").text
    assert "Wartende" not in page
    assert "Geheim" not in page
    assert "fertig" not in page
    sheet = juror.get(f"/jury/{token}/{key}").text
    assert ("Nur von Eva" in sheet, " checked" in sheet) == (False, False)
    with database_session(app) as session:
        (hidden,) = session.scalars(select(NominationRow.id).where(NominationRow.agreed_at.is_(None)))
    assert juror.get(f"/jury/{token}/{hidden}").status_code == 303
    assert juror.get(f"{cast.page}/ergebnis").status_code == 302, "to the page for signing in"


def test_a_company_reads_no_points_and_withdraws_at_once(app: Flask) -> None:
    cast = JuryCast(app)
    cast.stand()
    token = cast.invite()
    cast.lead_on("judging")
    key = cast.nomination()
    sheet = {"points-0": "1", "points-1": "1", "word": "Schwach", "version": "0"}
    post(app.test_client(), f"/jury/{token}/{key}", sheet)
    own = cast.owner.get(f"{cast.own}/vorschlag").text
    assert "Schwach" not in own
    assert post(cast.owner, f"{cast.own}/zurueckziehen").status_code == 303
    assert CANARY not in cast.manager.get(cast.page).text
    juror = app.test_client()
    assert CANARY not in juror.get(f"/jury/{token}").text
    assert juror.get(f"/jury/{token}/{key}").status_code == 303


def test_a_form_from_before_a_withdrawal_asks_before_it_nominates_again(app: Flask) -> None:
    cast = JuryCast(app)
    cast.stand()
    nominate = f"{cast.own}/vorschlagen"
    typed = form_fields(cast.owner.get(nominate).text) | {"title": "Getippter Titel"}
    assert post(cast.owner, f"{cast.own}/zurueckziehen").status_code == 303
    late = post(cast.owner, nominate, typed)
    assert late.status_code == 409
    assert "Dieser Vorschlag steht nicht mehr in der Runde." in late.text
    assert "Getippter Titel" not in cast.manager.get(cast.page).text
    kept = form_fields(late.text)
    assert kept["title"] == ["Getippter Titel"]
    assert post(cast.owner, nominate, kept).status_code == 303
    assert "Getippter Titel" in cast.manager.get(cast.page).text


def test_two_windows_of_a_juror_lose_nothing(app: Flask) -> None:
    cast = JuryCast(app)
    cast.stand()
    token = cast.invite()
    cast.lead_on("judging")
    juror, address = app.test_client(), f"/jury/{token}/{cast.nomination()}"
    post(juror, address, {"points-0": "5", "points-1": "5", "word": "Zuerst", "version": "0"})
    second = post(juror, address, {"points-0": "1", "points-1": "1", "word": "Danach", "version": "0"})
    assert second.status_code == 409
    assert "Zuerst" in second.text
    assert "Danach" in second.text
    assert post(juror, address, form_fields(second.text)).status_code == 303


def test_hostile_texts_stay_texts(app: Flask) -> None:
    cast = JuryCast(app)
    cast.stand(title=HOSTILE)
    token = cast.invite()
    cast.lead_on("judging")
    for client, address in (
        (cast.manager, cast.page),
        (cast.owner, f"{cast.own}/vorschlag"),
        (app.test_client(), f"/jury/{token}"),
    ):
        page = client.get(address).text
        assert "<script>alert" not in page
        assert html.escape("<script>alert(1)</script>{{ 7*7 }}") in page
        assert "\u202e" not in page


def test_names_and_titles_from_managers_turn_no_page(app: Flask) -> None:
    cast = JuryCast(app)
    cast.invite(name="Ute\u202e Jung")
    with database_session(app) as session:
        member = session.scalars(select(Consent.id).where(Consent.organisation_id == cast.member)).one()
    post(cast.manager, f"{cast.page}/vorschlagen", {"member": str(member), "title": "Die\u202e Regale"})
    page = cast.manager.get(cast.page).text
    assert ("Ute Jung" in page, "Die Regale" in page, "\u202e" in page) == (True, True, False)
    nameless = {"name": "\u202e", "email": "eva@jury.example"}
    assert post(cast.manager, f"{cast.page}/jury", nameless).status_code == 422


def test_who_never_said_yes_is_not_thanked_for_taking_part(app: Flask) -> None:
    cast = JuryCast(app)
    with database_session(app) as session:
        member = session.scalars(select(Consent.id).where(Consent.organisation_id == cast.member)).one()
    asked = {"member": str(member), "title": "Die Regale"}
    assert post(cast.manager, f"{cast.page}/vorschlagen", asked).status_code == 303
    other = cast.add_member("Gartenbau Lind GmbH", "leo")
    own = f"/unternehmen/{cast.member}/auszeichnungen"
    assert "wartet auf Ihr Ja" in cast.owner.get(own).text
    cast.lead_on("judging")
    cast.give_prizes(**{f"prize_{other}": "1. Preis"})
    page = cast.owner.get(own).text
    assert "Ihr Cluster wollte Sie vorschlagen:" in page
    assert not any(words in page for words in ("wartet auf Ihr Ja", "Danke, dass Sie dabei waren"))
    assert "Bis zu Ihrem Ja" not in cast.owner.get(f"{cast.own}/vorschlag").text


def test_no_page_and_no_row_holds_the_token(app: Flask) -> None:
    cast = JuryCast(app)
    token = cast.invite()
    assert token not in cast.manager.get(cast.page).text
    with database_session(app) as session:
        juror = session.scalars(select(JurorRow)).one()
        assert (juror.email, token in repr(vars(juror))) == ("ute@jury.example", False)
    again = cast.invite()
    cast.stand()
    cast.lead_on("judging")
    assert app.test_client().get(f"/jury/{token}").status_code == 404, "a later mail replaces the link"
    assert app.test_client().get(f"/jury/{again}").status_code == 200


def test_wrong_links_are_counted(app: Flask) -> None:
    client = app.test_client()
    statuses = [client.get("/jury/nichts").status_code for _ in range(40)]
    assert (statuses[0], statuses[-1]) == (404, 429)


def test_an_editor_withdraws_but_does_not_nominate(app: Flask) -> None:
    cast = JuryCast(app)
    cast.stand()
    with database_session(app) as session:
        add_member(session, cast.member, "edda", Role.EDITOR)
    editor = signed_in(app, "edda")
    nominate = f"{cast.own}/vorschlagen"
    assert editor.get(nominate).status_code == post(editor, nominate, {"title": "Neu"}).status_code == 403
    assert CANARY in cast.manager.get(cast.page).text
    assert post(editor, f"{cast.own}/zurueckziehen").status_code == 303
    assert CANARY not in cast.manager.get(cast.page).text


def test_nobody_nominates_for_another_company_or_in_a_round_that_does_not_exist(app: Flask) -> None:
    cast = JuryCast(app)
    with database_session(app) as session:
        make_organisation(session, "Andere GmbH", edda=Role.OWNER)
    stranger = signed_in(app, "edda")
    assert stranger.get(f"{cast.own}/vorschlagen").status_code == 404
    assert cast.owner.get(f"/unternehmen/{cast.member}/auszeichnungen/999/vorschlagen").status_code == 404


def test_statements_do_not_grow_with_jurors_and_nominations(app: Flask) -> None:
    cast, now = JuryCast(app), datetime.now(UTC)
    taken = []
    for numbers in (range(1), range(1, 6)):
        with database_session(app) as session:
            cluster = session.get_one(Cluster, cast.cluster)
            for number in numbers:
                member = make_organisation(session, f"Firma {number} GmbH", **{f"p{number}": Role.OWNER})
                add_consent(session, member.id, cluster.id)
                award_rounds.nominate(by_shell(session, now), member.id, cast.award)
                whom = {"email": f"j{number}@jury.example"}
                award_rounds.invite_juror(by_shell(session, now), cluster, cast.award, **whom)
        with count_statements(app) as statements:
            assert cast.manager.get(cast.page).status_code == 200
        taken.append(len(statements))
    assert taken[0] == taken[1] <= MOST_STATEMENTS


def test_the_manager_reads_what_became_of_the_mail_and_a_new_link_takes_its_place(app: Flask) -> None:
    cast = JuryCast(app)
    first = cast.invite()
    page = cast.manager.get(cast.page).text
    fields = {"name": "Ute Jung", "email": "ute@jury.example", "language": "de"}
    assert "Nicht gesendet: kein Mailserver" in page
    assert 'value="ute@jury.example"' in page, "a button sends the link again"
    post(cast.manager, f"{cast.page}/jury", fields)
    assert [first in mail for mail in cast.mails("ute@jury.example")] == [False], (
        "one mail, with the new link"
    )
    with database_session(app) as session:
        juror = session.scalars(select(JurorRow)).one()
        outbox.note_delivery(session, [juror.mail_id or 0], MailDelivery.REFUSED, RefusalReason.FULL)
    assert "Nicht zustellbar: Das Postfach ist voll." in cast.manager.get(cast.page).text


def test_jurors_hear_when_the_jury_begins(app: Flask) -> None:
    cast = JuryCast(app)
    cast.stand()
    token = cast.invite()
    cast.lead_on("judging")
    invited, begins = cast.mails("ute@jury.example")
    assert token in invited
    assert "Die Jury liest jetzt" in begins
    assert token not in begins


def test_members_read_of_prizes_where_the_company_said_so(app: Flask) -> None:
    cast = JuryCast(app)
    cast.stand()
    quiet = cast.add_member("Stille GmbH", "leo")
    with database_session(app) as session:
        session.get_one(NominationRow, quiet).is_public = False
        public = session.scalars(select(NominationRow.id).where(NominationRow.id != quiet)).one()
    cast.lead_on("judging")
    cast.give_prizes(**{f"prize_{public}": "Goldpreis", f"prize_{quiet}": "Silberpreis"})
    leo = signed_in(app, "leo")
    own = cast.owner.get(f"/unternehmen/{cast.member}/auszeichnungen").text
    assert "Goldpreis" in own
    assert "Silberpreis" not in own
    assert "Stille GmbH" not in own
    with database_session(app) as session:
        company = session.get_one(Consent, session.get_one(NominationRow, quiet).consent_id).organisation_id
    theirs = leo.get(f"/unternehmen/{company}/auszeichnungen").text
    assert "Goldpreis" in theirs
    assert "Silberpreis" in theirs


def test_the_sheet_speaks_the_language_of_the_mail(app: Flask) -> None:
    cast = JuryCast(app)
    cast.stand()
    token = cast.invite(language="en")
    closed = app.test_client().get(f"/jury/{token}")
    assert (closed.status_code, '<html lang="en' in closed.text) == (410, True)
    cast.lead_on("judging")
    page = app.test_client().get(f"/jury/{token}").text
    assert '<html lang="en' in page
