"""Why a mail did not arrive, and which address a text names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnk_tool.domain.mail import RefusalReason, address_in, refusal_reason


@pytest.mark.parametrize(
    ("reply", "step", "reason"),
    [
        ("550 5.1.1 <a@b.example>: Recipient address rejected", "recipient", RefusalReason.ADDRESS),
        ("550 No such user here", "recipient", RefusalReason.ADDRESS),
        ("551 User not local", "recipient", RefusalReason.ADDRESS),
        ("554 5.1.2 host not found", "recipient", RefusalReason.DOMAIN),
        ("552 5.2.2 over quota", "recipient", RefusalReason.FULL),
        ("552 Mailbox is full", "recipient", RefusalReason.FULL),
        ("550 5.7.26 unauthenticated: SPF failed", "text", RefusalReason.SENDER),
        ("554 relay access denied", "recipient", RefusalReason.SENDER),
        ("553 sorry", "sender", RefusalReason.SENDER),
        ("554 looks like spam", "text", RefusalReason.TEXT),
        ("571 no", "recipient", RefusalReason.OTHER),
        ("ValueError()", "", RefusalReason.OTHER),
    ],
)
def test_a_reply_is_told_in_kinds(reply: str, step: str, reason: RefusalReason) -> None:
    assert refusal_reason(reply, step) is reason


@given(st.text(), st.sampled_from(["sender", "recipient", "text", ""]))
def test_any_reply_has_a_kind_that_mail_servers_can_cause(reply: str, step: str) -> None:
    assert refusal_reason(reply, step) not in (RefusalReason.BOUNCED, RefusalReason.GIVEN_UP)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Karin Weber, 0521 12345, Karin.Weber@cluster-owl.example.", "karin.weber@cluster-owl.example"),
        ("a@b.example oder c@d.example", "a@b.example"),
        ("büro@müller.example\nTel. 1", "büro@müller.example"),
        ("0521 12345", ""),
        ("a @ b", ""),
        ("", ""),
    ],
)
def test_the_first_address_of_a_contact(text: str, address: str) -> None:
    assert address_in(text) == address


@given(st.text())
def test_what_is_taken_for_an_address_fits_into_a_header(text: str) -> None:
    found = address_in(text)
    assert not found or (found.count("@") == 1 and not set(found) & set(" \r\n,<>"))
