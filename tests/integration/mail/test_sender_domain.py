"""The operator has the sender's domain checked: SPF, DKIM and DMARC, and only when the button is pressed."""

from typing import Any

import dns.name
import dns.resolver
import pytest
from flask import Flask
from flask.testing import FlaskClient

from dnk_tool.domain.permissions import Actor
from dnk_tool.services.mail import sender_domain
from dnk_tool.services.mail.sender_domain import RecordFault, SenderRecord, dmarc_fault, spf_fault
from tests.support.app import World, form_fields, post, sign_in

OPERATOR = Actor(1, is_operator=True)


class Answer:
    """A record as a name server gives it: in pieces."""

    def __init__(self, text: str) -> None:
        self.strings = [text[:20].encode(), text[20:].encode()]


class Names:
    """The names that there are, in place of the world's; `asked` are those asked for."""

    def __init__(self) -> None:
        self.texts: dict[str, list[str]] = {}
        self.asked: list[str] = []
        self.is_silent = False

    def resolve(self, name: str, _kind: str, **_given: Any) -> list[Answer]:
        self.asked.append(name)
        if self.is_silent:
            raise dns.resolver.LifetimeTimeout(timeout=5, errors=[])
        if name not in self.texts:
            raise dns.resolver.NXDOMAIN(qnames=[dns.name.from_text(name)], responses={})
        if not self.texts[name]:
            raise dns.resolver.NoAnswer(
                response=dns.message.make_response(dns.message.make_query(name, "TXT"))
            )
        return [Answer(text) for text in self.texts[name]]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    known = Names()
    monkeypatch.setattr(dns.resolver.Resolver, "__init__", lambda *_given, **_named: None)
    monkeypatch.setattr(dns.resolver.Resolver, "resolve", known.resolve)
    return known


@pytest.mark.parametrize(
    ("records", "fault"),
    [
        ([], RecordFault.MISSING),
        (["v=spf1 mx -all"], None),
        (["V=SPF1 include:x.example ~ALL"], None),
        (["v=spf1 redirect=_spf.x.example"], None),
        (["v=spf1 mx"], RecordFault.WEAK),
        (["v=spf1 mx ?all"], RecordFault.WEAK),
        (["v=spf1 +all"], RecordFault.OPEN),
        (["v=spf1 mx all"], RecordFault.OPEN),
        (["v=spf1 -all", "v=spf1 mx -all"], RecordFault.MANY),
    ],
)
def test_spf(records: list[str], fault: RecordFault | None) -> None:
    assert spf_fault(records) is fault


@pytest.mark.parametrize(
    ("records", "fault"),
    [
        ([], RecordFault.MISSING),
        (["v=DMARC1; p=none; rua=mailto:x@y.example"], RecordFault.WEAK),
        (["v=DMARC1;p = Reject"], None),
        (["v=DMARC1; p=quarantine"], None),
        (["v=DMARC1; sp=reject"], RecordFault.WEAK),
        (["v=DMARC1; p=reject", "v=DMARC1; p=none"], RecordFault.MANY),
    ],
)
def test_dmarc(records: list[str], fault: RecordFault | None) -> None:
    assert dmarc_fault(records) is fault


def found_faults(domain: str, selector: str = "") -> dict[SenderRecord, RecordFault | None]:
    findings = sender_domain.check_sender_domain(domain, selector, actor=OPERATOR)
    return {finding.record: finding.fault for finding in findings}


def test_what_a_domain_says(names: Names) -> None:
    assert set(found_faults("mail.firma.example").values()) == {RecordFault.MISSING}
    names.texts = {
        "mail.firma.example": ["google-site-verification=1", "v=spf1 mx ~all", "v=spf10 is another"],
        "_domainkey.mail.firma.example": [],
        "k1._domainkey.mail.firma.example": ["v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GN"],
        "old._domainkey.mail.firma.example": ["v=DKIM1; p="],
        "_dmarc.firma.example": ["v=DMARC1; p=reject"],
    }
    assert found_faults("mail.firma.example") == {
        SenderRecord.SPF: None,
        SenderRecord.DKIM: RecordFault.UNKNOWN,
        SenderRecord.DMARC: None,
    }
    assert found_faults("mail.firma.example", "k1")[SenderRecord.DKIM] is None
    assert found_faults("mail.firma.example", "old")[SenderRecord.DKIM] is RecordFault.MISSING, (
        "a key taken back"
    )
    assert "_dmarc.example" not in names.asked, "no registry is asked"


def test_the_page_asks_when_it_is_told_to(app: Flask, world: World, names: Names) -> None:
    operator: FlaskClient = app.test_client()
    sign_in(operator, "operator@example.org")
    page = operator.get("/betrieb/post").text
    assert names.asked == []
    domain = app.extensions["dnk_settings"].sender.rpartition("@")[2]
    names.texts = {domain: ["v=spf1 +all"]}
    checked = operator.post("/betrieb/post/absender", data=form_fields(page) | {"selector": "k1"})
    assert checked.status_code == 200
    assert "erlaubt allen, in Ihrem Namen zu senden" in checked.text
    assert "v=spf1 +all" in checked.text
    assert names.asked
    odd = post(operator, "/betrieb/post/absender", {"selector": "k1 x"})
    assert (odd.status_code, "Ein Selektor besteht aus" in odd.text) == (422, True)
    names.is_silent = True
    silent = post(operator, "/betrieb/post/absender", {"selector": "k1"})
    assert (silent.status_code, "Kein Nameserver antwortet" in silent.text) == (503, True)
    assert 'value="k1"' in silent.text
