"""Public lists of published declarations: of the installation, and of clusters that have one.

Filter, order and page of a public list, from the address; invalid values are ignored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.catalogue import load_catalogue
from dnk_tool.catalogue.sectors import load_sectors
from dnk_tool.domain.organisation import CompanySize
from dnk_tool.domain.permissions import Permission
from dnk_tool.store.publication import public_list
from dnk_tool.store.publication.public_list import PublicationFilter, PublicationSortOrder
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.publication.labels import ORDERS, SIZES, sector_name
from dnk_tool.web.publication.responses import cluster_url_values, public_cluster, public_response

blueprint = Blueprint("public", __name__, url_prefix="/berichte")

PAGE_SIZE = 50
FILTER_EDITION = "dnk-2017"  # its indicator sets are offered in the filter


MAX_TEXT_LENGTH = 200


@dataclass(frozen=True)
class PublicationQuery:
    """The filter as in its form, the order, and the page, counted from 1."""

    text: str
    year: int | None
    section: str
    size: CompanySize | None
    indicator_set: str
    order: PublicationSortOrder
    page: int

    @property
    def is_narrowed(self) -> bool:
        return bool(self.text or self.year or self.section or self.size or self.indicator_set)

    def to_filter(self, cluster_id: int | None) -> PublicationFilter:
        """The filter for the store, in which a section of WZ 2025 becomes all sectors that count in it."""
        sectors = load_sectors().stored_in(self.section) if self.section else ()
        return PublicationFilter(self.text, self.year, sectors, self.size, self.indicator_set, cluster_id)

    def url_values(self, **other: Any) -> dict[str, Any]:
        """The query parameters, changed by `other`; defaults are left out."""
        parameters = {
            "suche": self.text,
            "jahr": self.year,
            "branche": self.section,
            "groesse": self.size and self.size.value,
            "indikatoren": self.indicator_set,
            "sortierung": "" if self.order is PublicationSortOrder.COMPANY else self.order.value,
        }
        return {key: value for key, value in (parameters | other).items() if value}


def requested_query() -> PublicationQuery:
    """Read the query from the address."""
    given = request.args
    section = given.get("branche", "")
    return PublicationQuery(
        text=" ".join(given.get("suche", "").split())[:MAX_TEXT_LENGTH],
        year=whole_number(given.get("jahr", ""), digits=4),
        section=section
        if section in {known_section.key for known_section in load_sectors().current.sections}
        else "",
        size=next(
            (company_size for company_size in CompanySize if company_size == given.get("groesse")), None
        ),
        indicator_set=given.get("indikatoren", "")[:MAX_TEXT_LENGTH],
        order=next(
            (
                publication_sort_order
                for publication_sort_order in PublicationSortOrder
                if publication_sort_order == given.get("sortierung")
            ),
            PublicationSortOrder.COMPANY,
        ),
        page=whole_number(given.get("seite", ""), digits=5) or 1,
    )


@blueprint.get("")
@permit(Permission.PUBLIC)
def index() -> ResponseReturnValue:
    return public_response(_list(None))


@blueprint.get("/cluster/<int:number>")
@permit(Permission.PUBLIC)
def cluster_by_number(number: int) -> ResponseReturnValue:
    """Redirect from the short address to the one with the cluster's name."""
    return redirect(url_for("public.cluster", **cluster_url_values(public_cluster(number))), 302)


@blueprint.get("/cluster/<int:number>-<name>")
@permit(Permission.PUBLIC)
def cluster(number: int, name: str) -> ResponseReturnValue:
    cluster = public_cluster(number)
    address = cluster_url_values(cluster)
    if name != address["name"]:
        return redirect(url_for("public.cluster", **address), 302)
    return public_response(_list(cluster))


def _list(cluster: Cluster | None) -> str:
    what, session = requested_query(), db()
    cluster_id = cluster.id if cluster else None
    wanted = what.to_filter(cluster_id)
    kinds = public_list.published_years_and_sectors(session, cluster_id)
    count = public_list.count_published(session, wanted)
    pages = max(1, -(-count // PAGE_SIZE))
    page = min(max(what.page, 1), pages)
    entries = public_list.list_published(
        session, wanted, what.order, offset=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE
    )
    here, address = ("public.cluster", cluster_url_values(cluster)) if cluster else ("public.index", {})
    feed = url_for("public.cluster_feed", number=cluster.id) if cluster else url_for("public.feed")
    return render_template(
        "publication/list.html",
        cluster=cluster,
        entries=entries,
        count=count,
        is_empty=not kinds,
        page=page,
        pages=pages,
        what=what,
        choices=_choices(what, kinds),
        here=lambda **parts: url_for(here, **address, **what.url_values(**parts)),
        whole=url_for(here, **address),
        feed=feed,
        sector_of=lambda key: sector_name(key, current_language()),
        sizes=SIZES,
        sets=_sets(),
        lists=[
            {
                "name": listed_cluster.name,
                "href": url_for("public.cluster", **cluster_url_values(listed_cluster)),
            }
            for listed_cluster in (() if cluster else public_list.clusters_with_public_list(session))
        ],
    )


def _choices(what: PublicationQuery, kinds: Sequence[tuple[int, str]]) -> dict[str, list[dict[str, Any]]]:
    """Options of the filter; years and sectors only if something is published for them."""
    language = current_language()
    everything = {"value": "", "label": _("alle")}
    years = sorted({year for year, _sector in kinds} | ({what.year} if what.year else set()), reverse=True)
    sectors = load_sectors()
    there = {division for _year, sector in kinds for division in sectors.compared_divisions(sector)}
    sections = [
        {"value": section.key, "label": section.label.to(language)}
        for section in sectors.current.sections
        if section.key == what.section or there & {division.key for division in section.divisions}
    ]
    return {
        "years": [everything, *({"value": year, "label": year} for year in years)],
        "sections": [everything, *sections],
        "sizes": [everything, *({"value": size.value, "label": label} for size, label in SIZES.items())],
        "sets": [everything, *({"value": key, "label": title} for key, title in _sets().items())],
        "orders": [{"value": order.value, "label": label} for order, label in ORDERS.items()],
    }


def _sets() -> dict[str, str]:
    return {
        indicator_set.key: indicator_set.title.to(current_language())
        for indicator_set in load_catalogue(FILTER_EDITION).indicator_sets
    }
