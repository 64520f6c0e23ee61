"""Pages of the activity log for a company and for a cluster, and its CSV export.

Joins verdicts that one person gave in a row to one log entry, as a review has more than twenty.
Searches entries of the activity log by words, also in the contents that somebody changed.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from dnk_tool.catalogue import Criterion, load_catalogue
from dnk_tool.domain.declarations import states
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.permissions import Permission, companies_kept_from
from dnk_tool.domain.review import ReviewStatus
from dnk_tool.domain.text import truncated
from dnk_tool.domain.text_search import MAX_QUERY_LENGTH, TextQuery, text_query
from dnk_tool.language import LOCAL_TIME_ZONE, Language
from dnk_tool.report.files import spreadsheet
from dnk_tool.services import activity as activity_diffs
from dnk_tool.store import activity
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.activity import ActivityFilter
from dnk_tool.store.clusters import lists as cluster_lists
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.privacy import personal_data
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.web.activity.lines import (
    INVITATION_EVENTS,
    MAX_LENGTH,
    ActivityLogEntry,
    EventLookup,
    FieldChangeRow,
    account_ids_in,
    log_entry,
)
from dnk_tool.web.exports.responses import attachment
from dnk_tool.web.http.access import current_actor, current_cluster, current_organisation, permit
from dnk_tool.web.http.cluster_pages import ClusterTab, cluster_page
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.http.transactions import db
from dnk_tool.web.people.forms import all_sections
from dnk_tool.web.text.labels import label_of

blueprint = Blueprint("trail", __name__)

PAGE_SIZE, CHUNK_SIZE = 50, 500
SEARCHED_SIZE = 250  # so many events a page searches; words stand in contents that only the program can read
MAX_CHANGES = 3
MAX_PAGE = 100_000


MAX_LINES = 3


def fitting_entries(
    entries: Iterable[ActivityLogEntry], words: str, *, is_whole: bool = False
) -> list[ActivityLogEntry]:
    """The entries with all the words, those changes first that have one; shortened unless `is_whole`."""
    query = text_query(words)
    if not query.words:
        return list(entries)
    fitting = [entry for entry in entries if query.fits(*_texts(entry))]
    return fitting if is_whole else [_shortened(entry, query) for entry in fitting]


def _texts(entry: ActivityLogEntry) -> list[str]:
    changes = (text for line in entry.lines for text in (line.label, line.before, line.after))
    return [entry.who, entry.what, *entry.about, *changes]


def _shortened(entry: ActivityLogEntry, query: TextQuery) -> ActivityLogEntry:
    # Which line has a word comes first; the others tell what else was changed.
    ordered = sorted(entry.lines, key=lambda line: -query.count(f"{line.label} {line.before} {line.after}"))
    lines = tuple(
        FieldChangeRow(
            line.label, truncated(line.before, MAX_LENGTH), truncated(line.after, MAX_LENGTH), line.href
        )
        for line in ordered[:MAX_LINES]
    )
    return replace(entry, lines=lines, more=entry.more + len(ordered) - len(lines))


def verdicts_entry(events: Sequence[Event], known: EventLookup) -> ActivityLogEntry:
    """Word one event, or several verdicts together. `events` are latest first."""
    latest = log_entry(events[0], known)
    if len(events) == 1:
        return latest
    refs = {str(event.detail.get("section", "")) for event in events}
    what = ngettext("%(num)d Kriterium geprüft", "%(num)d Kriterien geprüft", len(refs))
    return replace(
        latest,
        since=events[-1].happened_at,
        what=str(what),
        about=tuple(_about(events, known)),
        lines=tuple(_lines(events, known.language)),
    )


def _about(events: Sequence[Event], known: EventLookup) -> Iterator[str]:
    yield known.companies.get(events[0].organisation_id or 0, "")
    versions = {event.detail["version"] for event in events if "version" in event.detail}
    yield from (str(_("Version %(version)s", version=version)) for version in sorted(versions))


def _lines(events: Sequence[Event], language: Language) -> Iterator[FieldChangeRow]:
    """One line for each verdict; a section whose verdict was changed appears under both."""
    for standing in ReviewStatus:
        refs = {event.detail.get("section", "") for event in events if event.detail["verdict"] == standing}
        if refs:
            yield FieldChangeRow(label_of(standing), after=", ".join(_names(refs, language)))


def _names(refs: Collection[str], language: Language) -> Iterator[str]:
    sections = [section for ref, section in all_sections().items() if ref in refs]
    yield from (section.title.to(language) for section in sections if not isinstance(section, Criterion))
    numbers = [section.number for section in sections if isinstance(section, Criterion)]
    if numbers:
        listed = ", ".join(number_ranges(numbers))
        yield str(ngettext("Kriterium %(numbers)s", "Kriterien %(numbers)s", len(numbers), numbers=listed))


def number_ranges(numbers: Sequence[int]) -> list[str]:
    """Join rising numbers to ranges: 1–3, 5, 7–8."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]


@dataclass(frozen=True)
class ActivityLogQuery:
    """The filter, words and page number that the address asks for."""

    filter: ActivityFilter
    page: int
    words: str = ""

    @property
    def page_size(self) -> int:
        """How many events a page reads: those that it shows, or those that it searches."""
        return SEARCHED_SIZE if self.words else PAGE_SIZE

    @property
    def skip(self) -> int:
        """How many events stand on the pages before."""
        return (self.page - 1) * self.page_size

    @property
    def fields(self) -> dict[str, Any]:
        """The filter as query parameters."""
        parameters = {
            "erklaerung": self.filter.declaration_id,
            "person": self.filter.actor_id,
            "art": self.filter.kind.value if self.filter.kind else None,
            "suche": self.words,
        }
        return {name: value for name, value in parameters.items() if value}


@blueprint.get("/unternehmen/<int:organisation_id>/protokoll")
@permit(Permission.ORGANISATION_OWN)
def show(organisation_id: int) -> ResponseReturnValue:
    asked, known = _requested_query(), _declarations(organisation_id)
    events = activity.of_organisation(
        db(), organisation_id, asked.filter, limit=asked.page_size + 1, skip=asked.skip
    )
    shown, limit = events[: asked.page_size], None if asked.words else MAX_CHANGES
    entries = fitting_entries(_company_entries(organisation_id, shown, known, limit=limit), asked.words)
    return render_template(
        "activity/company.html",
        organisation=current_organisation(),
        **_found(entries, shown, asked),
        choices=_choices(
            declaration=[(declaration.id, _title(declaration)) for declaration in known.values()],
            person=activity.actors(db(), organisation_id=organisation_id).items(),
            kinds=[kind for kind in EventKind if kind not in states.EVENTS_HIDDEN_FROM_COMPANY],
        ),
        asked=asked,
        links=_page_links("trail.show", asked, len(events) > len(shown), organisation_id=organisation_id),
        csv=url_for("trail.as_csv", organisation_id=organisation_id, **asked.fields),
        kept_years=_kept_years(),
    )


@blueprint.get("/unternehmen/<int:organisation_id>/protokoll.csv")
@permit(Permission.ORGANISATION_OWN)
def as_csv(organisation_id: int) -> ResponseReturnValue:
    """Export all filtered events with unshortened texts. Reads them in chunks to limit memory."""
    asked, known, rows = _requested_query(), _declarations(organisation_id), []
    before: Event | None = None
    while events := activity.of_organisation(
        db(), organisation_id, asked.filter, limit=CHUNK_SIZE, before=before
    ):
        entries = fitting_entries(
            _company_entries(organisation_id, events, known), asked.words, is_whole=True
        )
        rows += [row for company_entry in entries for row in _rows(company_entry)]
        before = events[-1]
    return attachment(spreadsheet.to_csv(_heading(), rows), "text/csv", f"{_('Protokoll')}.csv")


@blueprint.get("/cluster/<int:cluster_id>/protokoll")
@cluster_page(_l("Protokoll"), Permission.CLUSTER_LEAD, position=61, tab=ClusterTab.TEAM)
def cluster(cluster_id: int) -> ResponseReturnValue:
    asked = _requested_query()
    wanted = ActivityFilter(kind=asked.filter.kind)
    kept_from = companies_kept_from(current_actor(), cluster_id)
    groups, has_more = activity.of_cluster(
        db(), cluster_id, wanted, kept_from=kept_from, limit=asked.page_size, skip=asked.skip
    )
    shown = [event for events in groups for event in events]
    known = _cluster_lookup(cluster_id, shown)
    entries = fitting_entries([verdicts_entry(events, known) for events in groups], asked.words)
    return render_template(
        "activity/cluster.html",
        cluster=current_cluster(),
        **_found(entries, shown, asked),
        choices=_choices(kinds=[kind for kind in EventKind if kind in states.CLUSTER_EVENTS]),
        asked=asked,
        links=_page_links("trail.cluster", asked, has_more, cluster_id=cluster_id),
        kept_years=_kept_years(),
    )


def _found(
    entries: list[ActivityLogEntry], events: Sequence[Event], asked: ActivityLogQuery
) -> dict[str, Any]:
    """The entries of a page, and for a search the span of time that it went through."""
    searched = {"first": events[-1].happened_at, "last": events[0].happened_at} if events else None
    return {
        "entries": entries[:PAGE_SIZE],
        "count": len(entries),
        "searched": searched if asked.words else None,
    }


def _cluster_lookup(cluster_id: int, events: Sequence[Event]) -> EventLookup:
    """Name those who acted for the cluster, even after they left, but nobody from a company."""
    own = [event for event in events if event.kind not in states.EVENTS_BY_COMPANY]
    people = set().union(*(account_ids_in(event) for event in own))
    companies = {event.organisation_id for event in events if event.organisation_id}
    return EventLookup(
        current_language(),
        accounts.names_of(db(), people),
        personal_data.names_by_id(db(), Organisation, companies),
        invited=_invited_names(cluster_id, events),
    )


def _invited_names(cluster_id: int, events: Sequence[Event]) -> dict[int, str]:
    """Company and address of each of the cluster's own invitations, by id."""
    ids = {event.detail.get("invitation", 0) for event in events if event.kind in INVITATION_EVENTS}
    invitations = cluster_lists.invitations_by_id(db(), cluster_id, ids)
    return {
        invitation.id: ", ".join(text for text in (invitation.company, invitation.email) if text)
        for invitation in invitations
    }


def _company_entries(
    organisation_id: int, events: Sequence[Event], known: dict[int, Declaration], *, limit: int | None = None
) -> list[ActivityLogEntry]:
    """The events as entries; texts are whole and all changes shown without a `limit`."""
    people = set().union(*(account_ids_in(event) for event in events))
    shown = EventLookup(
        current_language(),
        accounts.names_of(db(), people),
        declarations={key: _title(declaration) for key, declaration in known.items()},
        changes=activity_diffs.save_diffs(db(), organisation_id, events, known, limit=limit),
        catalogues={key: load_catalogue(declaration.edition) for key, declaration in known.items()},
        is_whole=limit is None,
    )
    return [log_entry(event, shown) for event in events]


def _heading() -> tuple[str, ...]:
    time = _("Zeit (Ortszeit in Berlin)")
    return time, _("Person"), _("Was"), _("Worum es geht"), _("Angabe"), _("vorher"), _("nachher")


def _rows(activity_log_entry: ActivityLogEntry) -> Iterable[tuple[str, ...]]:
    time = f"{activity_log_entry.at.astimezone(LOCAL_TIME_ZONE):%Y-%m-%d %H:%M:%S}"
    begin = (time, activity_log_entry.who, activity_log_entry.what, " · ".join(activity_log_entry.about))
    if not activity_log_entry.lines:
        yield (*begin, "", "", "")
    for line in activity_log_entry.lines:
        yield (*begin, line.label, line.before, line.after)


def _kept_years() -> int:
    """How many years the operator keeps the log; 0 for ever."""
    return current_settings().keep_trail_years


def _requested_query() -> ActivityLogQuery:
    """Read filter, words and page from the address; invalid values are ignored."""
    kind = next((event_kind for event_kind in EventKind if event_kind.value == request.args.get("art")), None)
    wanted = ActivityFilter(_number("erklaerung"), _number("person"), kind)
    words = request.args.get("suche", "").strip()[:MAX_QUERY_LENGTH]
    page = min(_number("seite") or 1, MAX_PAGE)
    return ActivityLogQuery(wanted, page, words if text_query(words).words else "")


def _number(name: str) -> int | None:
    return whole_number(request.args.get(name)) or None


def _declarations(organisation_id: int) -> dict[int, Declaration]:
    return {
        of_organisation.id: of_organisation
        for of_organisation in declarations.of_organisations(db(), [organisation_id])
    }


def _title(declaration: Declaration) -> str:
    return str(_("DNK-Erklärung %(year)s", year=declaration.reporting_year))


def _choices(
    *,
    declaration: Iterable[tuple[int, str]] = (),
    person: Iterable[tuple[int, str]] = (),
    kinds: Iterable[EventKind],
) -> dict[str, list[dict[str, Any]]]:
    """Options of the page's select fields, "all" first."""
    named = sorted(((kind.value, label_of(kind)) for kind in kinds), key=lambda choice: choice[1].casefold())
    everything = [{"value": "", "label": _("Alle")}]
    return {
        name: everything + [{"value": value, "label": label} for value, label in choices]
        for name, choices in (("declaration", declaration), ("person", person), ("kind", named))
    }


def _page_links(
    endpoint: str, asked: ActivityLogQuery, has_more: bool, **place: Any
) -> dict[str, str | None]:
    """Addresses of the previous and next page, None where there is none."""

    def page(number: int) -> str:
        beyond: dict[str, Any] = {"seite": number} if number > 1 else {}
        return url_for(endpoint, **place, **asked.fields, **beyond)

    return {
        "before": page(asked.page - 1) if asked.page > 1 else None,
        "after": page(asked.page + 1) if has_more else None,
    }
