"""Entries of the activity log: each event in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import takewhile
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool import language as languages
from dnk_tool.catalogue import Catalogue
from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.plausibility.loader import load_plausibility
from dnk_tool.catalogue.self_checks import load_self_checks
from dnk_tool.domain.answers.answer import Answer, Figure
from dnk_tool.domain.declarations.states import EVENTS_BY_COMPANY, EventKind
from dnk_tool.domain.permissions import ClusterRole, Role
from dnk_tool.domain.review import Audience, ReviewStatus
from dnk_tool.language import Language
from dnk_tool.services.activity import RevisionDiff, SaveDiff
from dnk_tool.store.tables.declarations import Event
from dnk_tool.web.activity.fields import (
    changed_replies,
    cohort_notes,
    consent_answers,
    consent_wording_label,
    field_title,
    membership_ending,
    section_href,
    value_texts,
    without_account,
)
from dnk_tool.web.people.forms import section_titles
from dnk_tool.web.text.amounts import figure_details_text
from dnk_tool.web.text.answers import answer_text
from dnk_tool.web.text.labels import label_of

MAX_LENGTH, CONTEXT_LENGTH = 160, 40

# Events that show the invited address; once an invitation is accepted, the address belongs to the person.
INVITATION_EVENTS = frozenset(
    {EventKind.COMPANY_INVITED, EventKind.MEMBER_INVITED, EventKind.INVITATION_REVOKED}
)


@dataclass(frozen=True)
class FieldChangeRow:
    """One field or answer before and after; `href` leads to all its versions."""

    label: str
    before: str = ""
    after: str = ""
    href: str = ""


@dataclass(frozen=True)
class ActivityLogEntry:
    """One event, or several in a row, of which `since` is the time of the first.

    `more` counts the changes that are not shown; `more_href` leads to them.
    """

    id: int
    at: datetime
    who: str
    what: str
    about: tuple[str, ...] = ()
    lines: tuple[FieldChangeRow, ...] = ()
    more: int = 0
    more_href: str = ""
    since: datetime | None = None


@dataclass(frozen=True)
class EventLookup:
    """Names and changes needed to word the events of a page.

    `invited`: recipients of the cluster's invitations by id; empty for a company. `catalogues`: by
    declaration. `is_whole`: texts are not shortened.
    """

    language: Language
    names: Mapping[int, str] = field(default_factory=dict)
    companies: Mapping[int, str] = field(default_factory=dict)
    declarations: Mapping[int, str] = field(default_factory=dict)
    invited: Mapping[int, str] = field(default_factory=dict)
    changes: Mapping[int, SaveDiff] = field(default_factory=dict)
    catalogues: Mapping[int, Catalogue] = field(default_factory=dict)
    is_whole: bool = False

    def displayed_pair(self, before: str, after: str) -> tuple[str, str]:
        """Both texts as displayed: whole, or shortened around their first difference."""
        return (before, after) if self.is_whole else shortened_pair(before, after)


def log_entry(event: Event, known: EventLookup) -> ActivityLogEntry:
    """Word the event as an entry."""
    changes = known.changes.get(event.id, SaveDiff(()))
    who = _who(event, known)
    about = (text for text in (*_subject_names(event, known), *_notes(event, known)) if text not in ("", who))
    return ActivityLogEntry(
        id=event.id,
        at=event.happened_at,
        who=who,
        what=label_of(event.kind),
        about=tuple(about),
        lines=(
            *(_change_line(event, change, known) for change in changes.shown),
            *_detail_lines(event, known),
        ),
        more=changes.more,
        more_href=section_href(event, changes),
    )


def account_ids_in(event: Event) -> set[int]:
    """The accounts whose names the entry needs."""
    return {number for number in (event.actor_id, event.detail.get("user")) if isinstance(number, int)}


def _who(event: Event, known: EventLookup) -> str:
    company = known.companies.get(event.organisation_id or 0)
    if company and event.kind in EVENTS_BY_COMPANY and "by_cluster" not in event.detail:
        return company
    if event.actor_id is None:
        return without_account(event)
    return known.names.get(event.actor_id) or str(_("(gelöschtes Konto)"))


def _subject_names(event: Event, known: EventLookup) -> Iterator[str]:
    yield known.companies.get(event.organisation_id or 0, "")
    yield known.declarations.get(event.declaration_id or 0, "")
    detail = event.detail
    if event.kind in INVITATION_EVENTS:
        yield known.invited.get(detail.get("invitation", 0), "")
    refs = [detail["section"]] if "section" in detail else [*detail.get("sections", ())]
    refs += [str(detail["criterion"])] if "criterion" in detail else []
    yield from section_titles(refs, known.language)
    catalogue = known.catalogues.get(event.declaration_id or 0)
    if catalogue and detail.get("datapoint") in catalogue.datapoints:
        yield catalogue.datapoints[detail["datapoint"]].label.to(known.language)


def _notes(event: Event, known: EventLookup) -> Iterator[str]:
    detail = event.detail
    if "version" in detail:
        yield _("Version %(version)s", version=detail["version"])
    if "user" in detail:
        yield known.names.get(detail["user"]) or _("(gelöschtes Konto)")
    if isinstance(detail.get("role"), str):
        yield _role(detail["role"])
    if "audience" in detail:
        yield label_of(Audience(detail["audience"]))
    if detail.get("withdrawn"):
        yield _("zurückgezogen")
    if "verdict" in detail:
        yield label_of(ReviewStatus(detail["verdict"]))
    if "reporting_year" in detail:
        yield _("Berichtsjahr %(year)s", year=detail["reporting_year"])
    yield from cohort_notes(detail)
    if "follows" in detail:
        yield _("nach der Erklärung für %(year)s", year=detail["follows"])
    if "taken_from" in detail:
        yield _("aus %(year)s", year=detail["taken_from"])
    if "confirmed" in detail:
        yield ngettext(
            "%(num)d übernommene Angabe bestätigt",
            "%(num)d übernommene Angaben bestätigt",
            len(detail["confirmed"]),
        )
    if "wording" in detail:
        yield consent_wording_label(detail)
    if "handed_over" in detail:
        yield _("hat das Cluster übergeben")
    if event.kind is EventKind.CONSENT_WITHDRAWN:
        yield membership_ending(detail)
    if "calculator" in detail:
        yield _calculated(detail, known.language)
    if "self_check" in detail and detail["self_check"] in load_self_checks():
        yield load_self_checks()[detail["self_check"]].title.to(known.language)
    yield from (detail[name] for name in ("measure", "residue", "neighbour") if name in detail)
    if "figures" in detail:
        yield ngettext(
            "%(num)d Kennzahl für %(years)s",
            "%(num)d Kennzahlen für %(years)s",
            detail["figures"],
            years=", ".join(map(str, detail.get("years", ()))),
        )
    if "kept" in detail:
        yield ngettext("Der alte Wert bleibt.", "%(num)d alte Werte bleiben.", len(detail["kept"]))
    if "rule" in detail:
        yield load_plausibility().label(detail.get("subject", "")).to(known.language)
    if "evidence" in detail:
        yield ", ".join(kind.upper() for _id, kind in detail["evidence"])
    if "companies" in detail:
        yield ngettext("An %(num)d Unternehmen", "An %(num)d Unternehmen", detail["companies"])
    if "mails" in detail:
        yield ngettext("%(num)d E-Mail", "%(num)d E-Mails", detail["mails"])
    if "required" in detail:
        yield _("Bestätigung nötig") if detail["required"] else _("Bestätigung nicht nötig")
    if detail.get("done") is not None and not detail.get("versions"):
        yield _("als fertig markiert") if detail["done"] else _("nicht mehr als fertig markiert")


def _calculated(detail: Mapping[str, Any], language: Language) -> str:
    """Calculator and activity by label; a removed calculator by its key."""
    calculator = load_calculators().get(detail["calculator"])
    activity = calculator.activity(detail.get("activity", "")) if calculator else None
    said = calculator.label.to(language) if calculator else detail["calculator"]
    return f"{said}: {activity.label.to(language)}" if activity else said


def _detail_lines(event: Event, known: EventLookup) -> Iterator[FieldChangeRow]:
    detail, language = event.detail, known.language
    catalogue = known.catalogues.get(event.declaration_id or 0)
    for name, said in detail.get("fields", {}).items():
        yield FieldChangeRow(
            field_title(name), *known.displayed_pair(*value_texts(name, said, catalogue, language))
        )
    yield from (FieldChangeRow(*changed_reply) for changed_reply in changed_replies(detail, language))
    for site, said in detail.get("sites", {}).items():
        yield FieldChangeRow(site, *said)
    if "before" in detail:
        yield FieldChangeRow(
            _("Rechte"), *(_rights(detail.get(key), language) for key in ("before", "after"))
        )
    if isinstance(detail.get("role"), list):
        yield FieldChangeRow(_("Rechte"), *(_role(role) for role in detail["role"]))
    if "due" in detail:
        yield FieldChangeRow(_("Frist"), *(_day(day, language) for day in detail["due"]))
    yield from (FieldChangeRow(title, "", answer) for title, answer in consent_answers(detail))
    if "aggregates_from" in detail:
        years = detail["aggregates_from"]
        change = map(_sums_text, years) if isinstance(years, list) else ("", _sums_text(years))
        yield FieldChangeRow(_("Kennzahlen in Summen"), *change)


def _sums_text(year: int | None) -> str:
    return str(_("ab %(year)s", year=year) if year else _("nie"))


def _change_line(event: Event, change: RevisionDiff, known: EventLookup) -> FieldChangeRow:
    requirement, item, language = change.requirement, change.item, known.language
    label, href = change.ref, ""
    if requirement is not None:
        own = item is None or item.ref == requirement.ref
        label = requirement.title.to(language) if own or item is None else item.label.to(language)
        href = url_for("history.show", declaration_id=event.declaration_id, ref=requirement.ref)
    elif change.point is not None:
        label, key = change.point.label.to(language), change.point.key
        href = url_for("figures.versions", declaration_id=event.declaration_id, datapoint=key)
    before, after = (_value_text(change, value, language) for value in (change.before, change.after))
    return FieldChangeRow(label, *known.displayed_pair(before, after), href)


def _value_text(change: RevisionDiff, value: Answer | Figure | None, language: Language) -> str:
    if isinstance(value, Answer):
        return answer_text(change.item, value, language)
    if isinstance(value, Figure) and change.point is not None:
        # The log leaves out the person responsible.
        said = replace(value, responsible="")
        return figure_details_text(change.point, said, language).replace("\n", " · ")
    return str(_("(diese Auswahl gibt es nicht mehr)"))


def shortened_pair(before: str, after: str) -> tuple[str, str]:
    """Both texts on one line, cut to where they begin to differ."""
    old, new = (" ".join(text.split()) for text in (before, after))
    shared = sum(1 for _ in takewhile(lambda signs: signs[0] == signs[1], zip(old, new, strict=False)))
    if max(len(old), len(new)) <= MAX_LENGTH or shared <= CONTEXT_LENGTH:
        return _cut(old), _cut(new)
    begin = old.rfind(" ", 0, shared - CONTEXT_LENGTH) + 1
    mark = "… " if begin else ""
    return _cut(mark + old[begin:]), _cut(mark + new[begin:])


def _cut(text: str) -> str:
    return text if len(text) <= MAX_LENGTH else f"{text[:MAX_LENGTH].rstrip()} …"


def _rights(place: Mapping[str, Any] | None, language: Language) -> str:
    if not place:
        return ""
    sections, until = ", ".join(place.get("sections", ())), _day(place.get("until"), language)
    return " · ".join(text for text in (_role(place["role"]), sections, until) if text)


def _role(value: str) -> str:
    for kind in (Role, ClusterRole):
        if value in list(kind):
            return label_of(kind(value))
    return value


def _day(text: str | None, language: Language) -> str:
    return languages.format_long_date(date.fromisoformat(text), language) if text else ""
