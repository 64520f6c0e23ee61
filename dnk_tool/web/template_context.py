"""Values for all templates: language, navigation, account, messages, fingerprinted assets."""

import json
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from typing import Any, cast

from flask import Flask, g, get_flashed_messages, request, url_for
from flask.templating import Environment
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from jinja2.runtime import Context, Macro

from dnk_tool.domain.permissions import Permission, can
from dnk_tool.paths import PACKAGE
from dnk_tool.report.process.engine_choice import are_pdfs_checked
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.web import backup
from dnk_tool.web.exports import pending_pdfs
from dnk_tool.web.help.places import help_url
from dnk_tool.web.http import languages
from dnk_tool.web.http.access import current_actor, current_affiliations
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.people.affiliations import can_open, home_url
from dnk_tool.web.publication import any_published
from dnk_tool.web.text.section_parts import point_url
from dnk_tool.web.uploads import scan_note

STATIC = PACKAGE / "web" / "static"

# (label, endpoint)
HOME, HOME_WITHOUT_COMPANY = (_l("Erklärungen"), "start.show"), (_l("Start"), "start.show")
ACCOUNT = (_l("Konto"), "account.show")
FOR_OPERATORS = ((_l("Betrieb"), "operation.show"),)
FOR_VISITORS = ((_l("Anmelden"), "security.login"),)
FOOTER = (
    (_l("Hilfe"), "help.index"),
    (_l("Impressum"), "notices.imprint"),
    (_l("Datenschutz"), "notices.privacy"),
    (_l("Barrierefreiheit"), "notices.accessibility"),
)
PUBLISHED = ((_l("Veröffentlichte Erklärungen"), "public.index"), (_l("Erklärung prüfen"), "origin.index"))

# Up to so many other companies and clusters are linked directly; more are in the menu.
MAX_INLINE_LINKS = 3


class PageContext(Context):
    """Calls macros at once: Jinja asks each of the hundreds that a page calls what it wants to be told."""

    def call(self, called: Callable[..., Any], /, *args: Any, **named: Any) -> Any:
        """Call what a template calls."""
        if type(called) is not Macro:
            return super().call(called, *args, **named)
        named.pop("_block_vars", None)
        named.pop("_loop_vars", None)
        return called(self.eval_ctx, *args, **named)


class PageTemplates(Environment):
    """Flask's templates, each with all of its names in one dictionary.

    At each of some eighty imports on a page Jinja goes through these names. In two dictionaries, as it would
    keep them, that takes a tenth of the page's time.
    """

    context_class = PageContext

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The names that a template knows: those of the application, and over them its own."""
        return {**self.globals, **(d or {})}


class FlashMessages:
    """Messages for this page, removed from the session only when a template iterates over them."""

    def __iter__(self) -> Iterator[dict[str, str]]:
        messages = cast(list[tuple[str, str]], get_flashed_messages(with_categories=True))
        for kind, text in messages:
            yield {"kind": "info" if kind == "message" else kind, "text": text}


def init_app(app: Flask) -> None:
    """Read the manifest of the built assets and register the context processor."""
    try:
        manifest = json.loads((STATIC / "manifest.json").read_text("utf-8"))
    except FileNotFoundError:
        manifest = {}  # not built yet; `make` builds

    def asset(name: str) -> str:
        return f"/static/{manifest.get(name, name)}"

    app.jinja_env.globals["are_pdfs_checked"] = are_pdfs_checked
    app.jinja_env.globals["scan_note"] = scan_note
    app.jinja_env.globals["point_url"] = point_url

    @app.context_processor
    def of_every_page() -> dict[str, Any]:
        account, place, quiet_since = g.get("account"), _current_affiliation(), backup.quiet_since()
        return {
            "language": languages.current_language(),
            "language_links": languages.language_links(),
            "navigation": _navigation(is_signed_in=account is not None),
            "search_url": url_for("help.search") if account else None,
            "acting_for": place.name if place else None,
            "acting_for_url": _acting_for_url(place),
            "is_practice": isinstance(place, Organisation) and place.id in current_actor().practice_firms,
            "archived": place if place is not None and place.archived_at else None,
            **_affiliation_switcher(place),
            "current_user_name": (account.name or account.email) if account else None,
            "sign_out_url": url_for("security.logout") if account else None,
            "flashes": FlashMessages(),
            "prints": pending_pdfs.PdfNotices(),
            "quiet_since": quiet_since,
            "can_resume": quiet_since is not None and account is not None and _is_operator(),
            "outbox_url": _outbox_url(),
            "footer_links": _links((*FOOTER, *(PUBLISHED if any_published.is_anything_published() else ()))),
            "asset": asset,
        }


def _navigation(*, is_signed_in: bool) -> list[dict[str, Any]]:
    """The main menu: of a declaration's pages, those that one needs all the time; help at the end."""
    if is_signed_in:
        home = HOME if current_affiliations().organisations else HOME_WITHOUT_COMPANY
        links = [*(_declaration_links() or _links([home])), *_people_links()]
        links += _links((ACCOUNT, *(FOR_OPERATORS if _is_operator() else ())))
    else:
        links = _links(FOR_VISITORS)
    is_here = request.blueprint == "help" and request.endpoint != "help.search"
    return [*links, _link(_("Hilfe"), help_url(), is_here=is_here)]


def _declaration_links() -> list[dict[str, Any]]:
    """The declaration of the page with its figures and evidence; none for those who review it."""
    declaration = g.get("declaration")
    if declaration is None or g.get("cluster") or g.get("error_page"):
        return []
    pages = (
        (_("Zahlen"), "bills.show", ("bills", "calculators", "figures", "figure_files", "plausibility")),
        (_("Belege"), "evidence.index", ("evidence",)),
    )
    links = [
        _link(
            label, url_for(endpoint, declaration_id=declaration.id), is_here=request.blueprint in blueprints
        )
        for label, endpoint, blueprints in pages
        if can_open(endpoint)
    ]
    overview = _link(
        _("Erklärung"),
        url_for("overview.show", declaration_id=declaration.id),
        is_here=not any(link["current"] for link in links),
    )
    return [{**overview, "detail": declaration.reporting_year}, *links]


def _people_links() -> list[dict[str, Any]]:
    """The people of the page's company, for those who may see them."""
    if not g.get("organisation") or g.get("cluster") or g.get("error_page") or not can_open("people.show"):
        return []
    href = url_for("people.show", organisation_id=g.organisation.id)
    return [_link(_("Personen"), href, is_here=request.blueprint in ("people", "member"))]


def _link(label: Any, href: str, *, is_here: bool) -> dict[str, Any]:
    """An entry of a menu, marked on its own page ("page") and on those below it ("true")."""
    mark = "page" if request.path == href else "true"
    return {"label": label, "href": href, "current": mark if is_here else ""}


def _acting_for_url(place: Organisation | Cluster | None) -> str | None:
    """The home page of the company or cluster; None for those who may not open it, such as contributors."""
    if isinstance(place, Cluster):
        return home_url(None, place.id) if can_open("cockpit.show") else None
    return home_url(place.id) if place and can_open("company.show") else None


def _is_operator() -> bool:
    return can(Permission.INSTALLATION_RUN, current_actor())


def _outbox_url() -> str | None:
    """Link for operators while no mail server is configured, else None. Two of their pages say so anyway."""
    if not _is_operator() or current_settings().smtp_host or g.get("error_page"):
        return None
    return None if request.endpoint in ("operation.show", "outbox.show") else url_for("outbox.show")


def _current_affiliation() -> Organisation | Cluster | None:
    """The cluster or company for which the person acts on this page; the cluster takes precedence."""
    return None if g.get("error_page") else g.get("cluster") or g.get("organisation")


def _affiliation_switcher(place: Organisation | Cluster | None) -> dict[str, list[dict[str, Any]]]:
    """All companies and clusters to switch to, and direct links if they are few; empty without others."""
    groups = _affiliation_groups(place)
    places = [place for group in groups for place in group["places"]]
    others = [place for place in places if not place["current"]]
    if not others or (len(places) == 1 and not place):
        return {"places": [], "near_places": []}
    return {"places": groups, "near_places": others if len(others) <= MAX_INLINE_LINKS else []}


def _affiliation_groups(here: Organisation | Cluster | None) -> list[dict[str, Any]]:
    places, own = current_affiliations(), _home_url_of(here)
    groups = [
        (_("Ihre Unternehmen"), {home_url(key): name for key, name in places.organisations.items()}),
        (_("Ihre Cluster"), {home_url(None, key): name for key, name in places.clusters.items()}),
    ]
    return [
        {
            "label": label,
            "places": [{"label": name, "href": href, "current": href == own} for href, name in names.items()],
        }
        for label, names in groups
        if names
    ]


def _home_url_of(place: Organisation | Cluster | None) -> str:
    if place is None:
        return ""
    return home_url(None, place.id) if isinstance(place, Cluster) else home_url(place.id)


def _links(wanted: Iterable[tuple[Any, str]]) -> list[dict[str, Any]]:
    return [_link(words, url_for(endpoint), is_here=_is_here(endpoint)) for words, endpoint in wanted]


def _is_here(endpoint: str) -> bool:
    """Whether this page is the one linked, or one of the operator's pages below it."""
    return request.endpoint == endpoint or (
        endpoint == "operation.show" and request.blueprint in ("operation", "outbox")
    )
