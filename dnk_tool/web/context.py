"""What every template knows: language, navigation, who is signed in, messages, fingerprinted files."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, cast

from flask import Flask, current_app, g, get_flashed_messages, request, url_for
from flask_babel import lazy_gettext as _l

from dnk_tool.config import Settings
from dnk_tool.paths import PACKAGE
from dnk_tool.store.accounts import Account
from dnk_tool.web import languages, public
from dnk_tool.web.access import current_places

STATIC = PACKAGE / "web" / "static"

# (words, endpoint); an endpoint that does not exist is left out.
FOR_SIGNED_IN = ((_l("Erklärungen"), "start.show"), (_l("Konto"), "account.show"))
FOR_OPERATORS = ((_l("Betrieb"), "operation.show"),)
FOR_VISITORS = ((_l("Anmelden"), "security.login"),)
FOOTER = (
    (_l("Hilfe"), "start.help_page"),
    (_l("Impressum"), "notices.imprint"),
    (_l("Datenschutz"), "notices.privacy"),
    (_l("Barrierefreiheit"), "notices.accessibility"),
)
PUBLISHED = ((_l("Veröffentlichte Erklärungen"), "public.index"),)


# More than these are found on the start page.
MOST_PLACES = 4


class Flashes:
    """Messages for this page, taken out of the session only by a template that shows them."""

    def __iter__(self) -> Iterator[dict[str, str]]:
        found = cast(list[tuple[str, str]], get_flashed_messages(with_categories=True))
        for kind, text in found:
            yield {"kind": "info" if kind == "message" else kind, "text": text}


def init_app(app: Flask) -> None:
    """Read the manifest of the built files once and register the context."""
    try:
        manifest = json.loads((STATIC / "manifest.json").read_text("utf-8"))
    except FileNotFoundError:
        manifest = {}  # a checkout before its first build; `make` builds

    def asset(name: str) -> str:
        return f"/static/{manifest.get(name, name)}"

    @app.context_processor
    def of_every_page() -> dict[str, Any]:
        account = g.get("account")
        return {
            "language": languages.current_language(),
            "language_links": languages.links(),
            "navigation": _links(_pages_for(account)),
            "acting_for": _acting_for(),
            "other_places": _other_places(),
            "current_user_name": (account.name or account.email) if account else None,
            "sign_out_url": url_for("security.logout") if account else None,
            "flashes": Flashes(),
            "outbox_url": _outbox_url(),
            "footer_links": _links((*FOOTER, *(PUBLISHED if public.is_anything_published() else ()))),
            "asset": asset,
        }


def _pages_for(account: Account | None) -> Iterable[tuple[Any, str]]:
    if account is None:
        return FOR_VISITORS
    return (*FOR_SIGNED_IN, *(FOR_OPERATORS if account.is_operator else ()))


def _outbox_url() -> str | None:
    """Where the operator reads that nobody gets mails, as long as no mail server is set."""
    account, here = g.get("account"), "outbox.show"
    settings = cast(Settings, current_app.extensions["dnk_settings"])
    if account is None or not account.is_operator or settings.smtp_host or g.get("error_page"):
        return None
    return url_for(here) if request.endpoint != here else None


def _acting_for() -> str | None:
    """For whom the person acts on this page: a cluster before the company that it looks at."""
    if g.get("error_page"):
        return None
    place = g.get("cluster") or g.get("organisation")
    return place.name if place else None


def _other_places() -> list[dict[str, str]]:
    """Where else the person may act, to change over with one click; the start page lists them all."""
    places = current_places()
    here = g.get("cluster"), g.get("organisation")
    found = [
        *((name, "cockpit.show", "cluster_id", key) for key, name in places.clusters.items()),
        *((name, "company.show", "organisation_id", key) for key, name in places.organisations.items()),
    ]
    own = ("cluster_id", here[0].id) if here[0] else ("organisation_id", here[1].id) if here[1] else None
    others = [one for one in found if own != one[2:] and one[1] in current_app.view_functions]
    return [
        {"label": name, "href": url_for(endpoint, **{named: key})}  # type: ignore[arg-type]  # an id is one
        for name, endpoint, named, key in others[:MOST_PLACES]
    ]


def _links(wanted: Iterable[tuple[Any, str]]) -> list[dict[str, Any]]:
    return [
        {"label": words, "href": url_for(endpoint), "current": request.endpoint == endpoint}
        for words, endpoint in wanted
        if endpoint in current_app.view_functions
    ]
