"""What a juror, a former one and a member try with a link, a page of before, and words that hurt."""

from flask import Flask
from sqlalchemy import select

from dnk_tool.domain.exchange.awards import NominationContent
from dnk_tool.domain.permissions import ClusterRole, Role
from dnk_tool.services.exchange.awards import decided_awards
from dnk_tool.store.exchange import nominations
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.exchange.awards import JurorRow, JurorSheetRow
from tests.integration.exchange import award_rounds
from tests.integration.exchange.award_rounds import CANARY, WORDS, by_shell
from tests.integration.exchange.awards.jury_cast import JuryCast
from tests.support.app import (
    add_consent,
    database_session,
    make_cluster,
    make_organisation,
    number_of_rows,
    post,
)

SECRET = "Geheimes aus der anderen Runde"
POINTS = {"points-0": "5", "points-1": "5", "version": "0"}


def add_foreign_rounds(cast: JuryCast) -> list[int]:
    """Nominations that are judged in another round of the cluster, and in one of another cluster."""
    words = NominationContent(
        title=SECRET,
        before=SECRET,
        idea=WORDS.idea,
        done=WORDS.done,
        effort=WORDS.effort,
        advice=WORDS.advice,
    )
    with database_session(cast.app) as session:
        other = make_cluster(session, "Fernes Netz", fritz=ClusterRole.MANAGER)
        found = []
        for cluster in (session.get_one(Cluster, cast.cluster), other):
            member = make_organisation(session, f"Firma in {cluster.name}", **{f"p{cluster.id}": Role.OWNER})
            add_consent(session, member.id, cluster.id)
            award = award_rounds.open_round(by_shell(session), cluster)
            found.append(award_rounds.nominate(by_shell(session), member.id, award.id, content=words))
            award_rounds.begin_judging(by_shell(session), cluster, award)
        return found


def test_a_link_opens_one_round_and_nothing_else(app: Flask) -> None:
    cast = JuryCast(app)
    cast.stand()
    token, foreign = cast.invite(), add_foreign_rounds(cast)
    cast.lead_on("judging")
    juror = app.test_client()
    pages = [juror.get(f"/jury/{token}"), *(juror.get(f"/jury/{token}/{key}") for key in (*foreign, 0, 999))]
    assert [page.status_code for page in pages] == [200, 303, 303, 303, 303]
    assert not any(SECRET in page.text for page in pages)
    for key in foreign:
        assert post(juror, f"/jury/{token}/{key}", POINTS).status_code == 303
    assert number_of_rows(app, JurorSheetRow) == 0
    others = (
        cast.page,
        f"{cast.page}/ergebnis",
        f"{cast.own}/vorschlag",
        f"/cluster/{cast.cluster}/beispiele",
    )
    for address in others:
        answer = juror.get(address)
        assert (answer.status_code, "/anmelden" in (answer.location or "")) == (302, True), address


def test_who_was_taken_out_writes_and_reads_nothing_any_more(app: Flask) -> None:
    cast = JuryCast(app)
    cast.stand()
    token, juror = cast.invite(), app.test_client()
    cast.lead_on("judging")
    key = cast.nomination()
    assert cast.judge(juror, token, key, 5, 3, word="Mein Wort") == 303
    with database_session(app) as session:
        whom = session.scalars(select(JurorRow.id)).one()
    assert post(cast.manager, f"{cast.page}/jury/{whom}/entfernen").status_code == 303
    for address in (f"/jury/{token}", f"/jury/{token}/{key}"):
        assert juror.get(address).status_code == 404
    assert post(juror, f"/jury/{token}/{key}", POINTS).status_code == 404
    assert number_of_rows(app, JurorSheetRow) == 0
    result = cast.manager.get(f"{cast.page}/ergebnis").text
    assert ("Mein Wort" in result, "noch ohne Punkte" in result) == (False, True)


def test_after_the_decision_a_page_of_before_saves_nothing(app: Flask) -> None:
    cast = JuryCast(app)
    cast.stand()
    token, juror = cast.invite(), app.test_client()
    cast.lead_on("judging")
    key = cast.nomination()
    cast.give_prizes(**{f"prize_{key}": "1. Preis"})
    answer = post(juror, f"/jury/{token}/{key}", POINTS | {"word": "Zu spät"})
    assert (answer.status_code, number_of_rows(app, JurorSheetRow)) == (410, 0)
    late = post(cast.manager, f"{cast.page}/jury", {"name": "Eva", "email": "eva@jury.example"})
    assert "schon vergeben" in cast.manager.get(late.location).text
    assert cast.mails("eva@jury.example") == []


def test_what_is_withdrawn_while_a_juror_judges_is_gone_everywhere(any_app: Flask) -> None:
    cast = JuryCast(any_app)
    cast.stand()
    cast.add_member("Gartenbau Lind GmbH", "leo")
    token, juror = cast.invite(), any_app.test_client()
    cast.lead_on("judging")
    with database_session(any_app) as session:
        found = nominations.of_award(session, cast.award)
        key = next(one.id for one in found if one.organisation_id == cast.member)
    assert cast.judge(juror, token, key, 5, 3) == 303
    cast.give_prizes(**{f"prize_{key}": "Goldener Spaten"})
    assert cast.owner.get(f"{cast.own}/urkunde.pdf").data.startswith(b"%PDF")
    cast.lead_on("judging")
    post(cast.owner, f"{cast.own}/zurueckziehen")
    late = post(juror, f"/jury/{token}/{key}", POINTS)
    assert "zurückgezogen" in juror.get(late.location).text
    assert number_of_rows(any_app, JurorSheetRow) == 0
    fields = {"version": str(cast.stored().version), f"prize-{key}": "Goldener Spaten"}
    assert post(cast.manager, f"{cast.page}/ergebnis", fields).status_code == 422, "nobody is left for it"
    for page in (cast.page, f"{cast.page}/ergebnis"):
        assert "Möbelwerk Eich" not in cast.manager.get(page).text
    assert cast.owner.get(f"{cast.own}/urkunde.pdf").status_code == 404
    assert cast.manager.get(f"{cast.page}/vorschlaege/{key}/urkunde.pdf").status_code == 404
    assert "Goldener Spaten" not in cast.owner.get(f"/unternehmen/{cast.member}/auszeichnungen").text
    with database_session(any_app) as session:
        assert decided_awards(session, cast.cluster) == ()


def test_equal_points_share_a_place_and_who_abstains_changes_no_mean(app: Flask) -> None:
    cast = JuryCast(app)
    first, second = (cast.add_member(f"Firma {name} GmbH", name) for name in ("leo", "mia"))
    third = cast.add_member("Firma ohne Bogen GmbH", "ole")
    one, other = cast.invite(), cast.invite("eva@jury.example", "Eva Kern")
    cast.lead_on("judging")
    juror, eva = app.test_client(), app.test_client()
    for key in (first, second):
        assert cast.judge(juror, one, key, 4, 3) == 303
    cast.judge(eva, other, first, 1, 1, abstains="y")
    cast.judge(eva, other, second, 4, 3)
    cast.judge(eva, other, third, 5)
    result = cast.manager.get(f"{cast.page}/ergebnis").text
    assert result.count("Platz 1 ") == result.count("3,60 von 5 Punkten") == 2
    assert "Platz 2" not in result
    assert "1 Enthaltung" in result
    assert "noch ohne Punkte" in result, "a sheet that lacks points counts nowhere"
    assert result.index("Firma ohne Bogen") > result.index("Firma mia")


def test_weights_that_do_not_fit_are_told_at_their_row(app: Flask) -> None:
    cast = JuryCast(app)
    base = f"/cluster/{cast.cluster}/auszeichnungen/neu"
    days = {"name": "Preis", "year": "2026", "nominate_until": "31.12.2098", "judge_until": "31.12.2099"}
    for rows, field, words in (
        ([("Wirkung", "60"), ("Neuheit", "")], "criteria-1-weight", "zusammen 60, nicht 100"),
        ([("Wirkung", "60"), ("", "40")], "criteria-1-name", "mindestens ein Kriterium mit Namen"),
        ([("Wirkung", "60"), ("wirkung", "40")], "criteria-1-name", "heißen gleich"),
        ([("Wirkung", "60"), ("Neuheit", "41")], "criteria-0-weight", "zusammen 101, nicht 100"),
        ([("Wirkung", "-50"), ("Neuheit", "150")], "criteria-0-weight", ""),
        ([], "criteria-0-name", "mindestens ein Kriterium"),
    ):
        typed = {f"criteria-{at}-name": name for at, (name, _weight) in enumerate(rows)}
        typed |= {f"criteria-{at}-weight": weight for at, (_name, weight) in enumerate(rows)}
        answer = post(cast.manager, base, days | typed)
        assert answer.status_code == 422, rows
        assert words in answer.text, rows
        assert f'href="#{field}"' in answer.text, (rows, field)


def test_a_mail_tells_each_company_of_itself_alone_and_a_later_one_what_changed(app: Flask) -> None:
    cast = JuryCast(app)
    cast.stand()
    other = cast.add_member("Gartenbau Lind GmbH", "leo")
    with database_session(app) as session:
        found = nominations.of_award(session, cast.award)
        own = next(one.id for one in found if one.organisation_id == cast.member)
    cast.lead_on("judging")
    cast.give_prizes(**{f"prize_{own}": "1. Preis"})
    (won,), (lost,) = cast.mails("erna@example.org"), cast.mails("leo@example.org")
    assert "Ausgezeichnet: Möbelwerk Eich GmbH" in won
    assert "1. Preis" in won
    assert "diesmal nicht unter den Ausgezeichneten" in lost
    assert not any(word in lost for word in ("Möbelwerk", "1. Preis", CANARY))
    cast.give_prizes(**{f"prize_{own}": "1. Preis", f"prize_{other}": "Sonderpreis"})
    assert len(cast.mails("erna@example.org")) == 1, "nothing changed for it"
    changed = cast.mails("leo@example.org")[1]
    assert "geändert" in changed
    assert "Sonderpreis" in changed


def test_a_decision_that_was_taken_back_is_told_only_to_whom_the_next_one_changes(app: Flask) -> None:
    cast = JuryCast(app)
    first, second = (cast.add_member(f"Firma {name} GmbH", name) for name in ("leo", "mia"))
    cast.lead_on("judging")
    cast.give_prizes(**{f"prize_{first}": "1. Preis"})
    cast.lead_on("judging")
    cast.give_prizes(**{f"prize_{first}": "1. Preis", f"prize_{second}": "2. Preis"})
    assert len(cast.mails("leo@example.org")) == 1, "nothing changed for it"
    before, changed = cast.mails("mia@example.org")
    assert ("geändert" in before, "geändert" in changed, "2. Preis" in changed) == (False, True, True)
    cast.lead_on("judging")
    cast.lead_on("nominating")
    cast.lead_on("judging")
    cast.give_prizes(**{f"prize_{first}": "1. Preis"})
    assert "geändert" not in cast.mails("leo@example.org")[1], "a round that began anew is decided anew"
