"""Looks up what the sender's domain says about who may send its mails: SPF, DKIM and DMARC."""

from dataclasses import dataclass
from enum import StrEnum

import dns.exception
import dns.resolver

from dnk_tool.domain.permissions import Actor, Permission, require

# Somebody waits for the answer.
PATIENCE_SECONDS = 5.0
MAX_LABELS = 8


class SenderRecord(StrEnum):
    """What a domain can say about its mails."""

    SPF = "spf"
    DKIM = "dkim"
    DMARC = "dmarc"


class RecordFault(StrEnum):
    """What is wrong with a record. UNKNOWN: without its selector a DKIM key cannot be read."""

    MISSING = "missing"
    MANY = "many"
    OPEN = "open"
    WEAK = "weak"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class RecordFinding:
    """A record with its text, "" where there is none, and what is wrong with it, None if nothing is."""

    record: SenderRecord
    fault: RecordFault | None
    text: str = ""


class NameServerSilent(Exception):
    """No name server answers, or this machine knows none."""


def check_sender_domain(domain: str, selector: str, *, actor: Actor) -> list[RecordFinding]:
    """Look up SPF, DKIM and DMARC of a domain, in ASCII. Asks name servers: call it outside of a transaction.

    `selector`: which DKIM key the mail server signs with, "" if unknown. Raises NotPermitted and
    NameServerSilent.
    """
    require(Permission.INSTALLATION_RUN, actor)
    spf = [text for text in _texts(domain) or () if text.lower().split(" ")[0] == "v=spf1"]
    return [
        RecordFinding(SenderRecord.SPF, spf_fault(spf), spf[0] if spf else ""),
        _dkim(domain, selector),
        _dmarc(domain),
    ]


def spf_fault(records: list[str]) -> RecordFault | None:
    """What is wrong with a domain's SPF records."""
    if len(records) != 1:
        return RecordFault.MANY if records else RecordFault.MISSING
    terms = records[0].lower().split()
    if "+all" in terms or "all" in terms:
        return RecordFault.OPEN
    is_closed = "-all" in terms or "~all" in terms or any(term.startswith("redirect=") for term in terms)
    return None if is_closed else RecordFault.WEAK


def dmarc_fault(records: list[str]) -> RecordFault | None:
    """What is wrong with a domain's DMARC records."""
    if len(records) != 1:
        return RecordFault.MANY if records else RecordFault.MISSING
    return None if _tags(records[0]).get("p") in ("quarantine", "reject") else RecordFault.WEAK


def _dkim(domain: str, selector: str) -> RecordFinding:
    if not selector:
        has_keys = _texts(f"_domainkey.{domain}") is not None
        return RecordFinding(SenderRecord.DKIM, RecordFault.UNKNOWN if has_keys else RecordFault.MISSING)
    keys = [text for text in _texts(f"{selector}._domainkey.{domain}") or () if _tags(text).get("p")]
    fault = RecordFault.MANY if len(keys) > 1 else None if keys else RecordFault.MISSING
    return RecordFinding(SenderRecord.DKIM, fault, keys[0] if keys else "")


def _dmarc(domain: str) -> RecordFinding:
    """The domain's own record or else that of the domain above it, which holds for it, too."""
    labels = domain.split(".")[-MAX_LABELS:]
    for start in range(max(1, len(labels) - 1)):
        name = ".".join(labels[start:])
        records = [text for text in _texts(f"_dmarc.{name}") or () if _tags(text).get("v") == "dmarc1"]
        if records:
            return RecordFinding(SenderRecord.DMARC, dmarc_fault(records), records[0])
    return RecordFinding(SenderRecord.DMARC, RecordFault.MISSING)


def _tags(text: str) -> dict[str, str]:
    """The tags of a record such as "v=DMARC1; p=none", in small letters."""
    pairs = (tag.partition("=") for tag in text.lower().split(";"))
    return {name.strip(): value.strip() for name, _sign, value in pairs}


def _texts(name: str) -> list[str] | None:
    """The TXT records of a name; None if there is neither this name nor one below it."""
    try:
        resolver = dns.resolver.Resolver()
        answer = resolver.resolve(name, "TXT", lifetime=PATIENCE_SECONDS)
    except dns.resolver.NXDOMAIN:
        return None
    except dns.resolver.NoAnswer:
        return []
    except (dns.exception.DNSException, OSError) as error:
        raise NameServerSilent(type(error).__name__) from error
    return [b"".join(row.strings).decode("utf-8", "replace") for row in answer]
