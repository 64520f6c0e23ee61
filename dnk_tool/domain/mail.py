"""What became of a mail, and why a mail server refused one, in kinds that people can be told."""

import re
from enum import StrEnum


class MailDelivery(StrEnum):
    """What became of a mail. FOLDER: without a mail server it was only written into a folder.

    UNCLEAR: the connection broke after the text was handed over, so it may have arrived.
    """

    WAITING = "waiting"
    SENT = "sent"
    FOLDER = "folder"
    UNCLEAR = "unclear"
    REFUSED = "refused"


class RefusalReason(StrEnum):
    """Why a mail did not arrive. BOUNCED: a person says that it came back; GIVEN_UP: tried for days."""

    ADDRESS = "address"
    DOMAIN = "domain"
    FULL = "full"
    SENDER = "sender"
    TEXT = "text"
    GIVEN_UP = "given-up"
    BOUNCED = "bounced"
    OTHER = "other"


class NewsFrequency(StrEnum):
    """How often a manager hears by mail what happened in their clusters."""

    NOW = "now"
    DAILY = "daily"
    NEVER = "never"


class NewsKind(StrEnum):
    """What a cluster's team hears of.

    Managers: a company joined or declined, or the mail that invites it was refused. Everybody: a review was
    assigned to them.
    """

    JOINED = "joined"
    DECLINED = "declined"
    REFUSED = "refused"
    ASSIGNED = "assigned"


_ADDRESS = re.compile(r"[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[\w-]{2,63}\b")
# Enhanced status codes (RFC 3463), each with what it means for the person who wrote the address.
_BY_STATUS = (
    (re.compile(r"\b5\.1\.[13]\b|\b5\.2\.1\b"), RefusalReason.ADDRESS),
    (re.compile(r"\b5\.(1\.2|1\.10|4\.4)\b"), RefusalReason.DOMAIN),
    (re.compile(r"\b5\.2\.2\b"), RefusalReason.FULL),
    (re.compile(r"\b5\.(7\.\d+|1\.[78])\b"), RefusalReason.SENDER),
)
_BY_WORDS = (
    (
        re.compile(r"no such (user|recipient)|user unknown|unknown user|does not exist|unrouteable", re.I),
        RefusalReason.ADDRESS,
    ),
    (re.compile(r"(mailbox|quota).{0,20}(full|exceeded)|over quota", re.I), RefusalReason.FULL),
    (re.compile(r"\b(spf|dkim|dmarc|blocked|blacklist|relay)", re.I), RefusalReason.SENDER),
)


def address_in(text: str) -> str:
    """The first e-mail address in a text such as a cluster's contact; "" if there is none."""
    found = _ADDRESS.search(text)
    return found[0].lower() if found else ""


def refusal_reason(reply: str, step: str) -> RefusalReason:
    """Why the server refused a mail for good, by its reply and the step at which it did.

    `step`: "sender", "recipient" or "text".
    """
    for pattern, reason in (*_BY_STATUS, *_BY_WORDS):
        if pattern.search(reply):
            return reason
    if step == "recipient":
        return RefusalReason.ADDRESS if re.match(r"\s*55[013]\b", reply) else RefusalReason.OTHER
    return {"sender": RefusalReason.SENDER, "text": RefusalReason.TEXT}.get(step, RefusalReason.OTHER)
