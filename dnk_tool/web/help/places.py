"""The pages that help leads to, each of a declaration, company or cluster of the person's own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask import current_app, request, url_for
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.permissions import NO_SUBJECT, Permission, Subject, can_read
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.http.access import current_actor, permission_of
from dnk_tool.web.http.transactions import db


@dataclass(frozen=True)
class Place:
    """A page by its endpoint; `values` are those that do not say whose it is."""

    label: Any
    endpoint: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlaceLink:
    """A page that the person may open."""

    label: str
    href: str


PLACES: Mapping[str, Place] = {
    "first-day": Place(_l("Erster Tag: Schritte und Unterlagen"), "first_day.show"),
    "profile": Place(_l("Profil des Unternehmens"), "profile.edit"),
    "offline": Place(_l("Fragebogen offline ausfüllen"), "offline.show"),
    "settings": Place(_l("Einstellungen der Erklärung"), "settings.show"),
    "overview": Place(_l("Übersicht der Erklärung"), "overview.show"),
    "general": Place(_l("Allgemeine Informationen"), "criterion.show", {"section_ref": "general"}),
    "bills": Place(_l("Rechnungen"), "bills.show"),
    "other-bills": Place(_l("Andere Rechnung"), "bills.others"),
    "figures": Place(_l("Alle Kennzahlen"), "figures.index"),
    "material-flow": Place(_l("Stofffluss"), "figures.material_flow"),
    "oddities": Place(_l("Auffällige Zahlen"), "plausibility.show"),
    "factors": Place(_l("Emissionsfaktoren"), "factors.index"),
    "requests": Place(_l("Anfragen"), "contributions.show"),
    "people": Place(_l("Personen"), "people.show"),
    "evidence": Place(_l("Belege"), "evidence.index"),
    "check": Place(_l("Angaben prüfen"), "finish.check"),
    "draft": Place(_l("Entwurf als PDF ansehen"), "files.draft_pdf"),
    "consents": Place(_l("Cluster"), "consents.show"),
    "files": Place(_l("Erklärung als Datei"), "files.index"),
    "publication": Place(_l("Veröffentlichung"), "publication.show"),
    "look": Place(_l("Erscheinungsbild"), "look.show"),
    "measures": Place(_l("Maßnahmen"), "measures.show"),
    "climate-path": Place(_l("Klimapfad"), "climate_path.show"),
    "comparison": Place(_l("Vergleich"), "comparison.show"),
    "company-goal": Place(_l("Gemeinsames Ziel"), "joint_goal_of_company.show"),
    "invite-company": Place(_l("Unternehmen einladen"), "cluster_members.invite"),
    "company-list": Place(_l("Viele Unternehmen mit einer Liste einladen"), "company_list.show"),
    "members": Place(_l("Mitglieder"), "cluster_members.show"),
    "invitations": Place(_l("Einladungen"), "cluster_invitations.show"),
    "sent-messages": Place(_l("Gesendete Nachrichten"), "sent_messages.show"),
    "team": Place(_l("Team"), "cluster_team.show"),
    "cohorts": Place(_l("Kohorten"), "cohorts.show"),
    "workshop": Place(_l("Workshop"), "workshop.show"),
    "cockpit": Place(_l("Übersicht des Clusters"), "cockpit.show"),
    "heat-map": Place(_l("Wärmebild"), "cockpit.heat_map"),
    "message": Place(_l("Nachricht schreiben"), "cockpit.message"),
    "cluster-log": Place(_l("Protokoll des Clusters"), "trail.cluster"),
    "releases": Place(_l("Zahlen des Clusters"), "aggregate_releases.show"),
    "joint-goal": Place(_l("Ziel des Clusters"), "joint_goal.show"),
    "polls": Place(_l("Umfragen"), "polls.show"),
    "examples": Place(_l("Gute Beispiele"), "examples.show"),
    "company-examples": Place(_l("Gute Beispiele"), "examples_of_company.show"),
    "residues": Place(_l("Reststoffe"), "residue_board.show"),
    "company-residues": Place(_l("Reststoffe"), "residues.show"),
    "awards": Place(_l("Auszeichnungen"), "awards.show"),
    "company-awards": Place(_l("Auszeichnungen"), "awards_of_company.show"),
    "working-groups": Place(_l("Arbeitsgruppen"), "working_groups.show"),
    "company-groups": Place(_l("Arbeitsgruppen"), "groups_of_company.show"),
    "cluster-report": Place(_l("Bericht des Clusters"), "cluster_report.show"),
    "queue": Place(_l("Prüfung"), "review.queue"),
    "templates": Place(_l("Textbausteine"), "stock.show"),
}

# The topic that helps with the pages of a blueprint.
TOPICS: Mapping[str, str] = {
    "overview": "anfangen",
    "first_day": "anfangen",
    "offline": "arbeiten",
    "settings": "anfangen",
    "profile": "anfangen",
    "criterion": "arbeiten",
    "history": "speichern",
    "bills": "zahlen",
    "calculators": "zahlen",
    "figures": "zahlen",
    "figure_files": "zahlen",
    "plausibility": "zahlen",
    "contributions": "fragen",
    "people": "fragen",
    "member": "fragen",
    "evidence": "belege",
    "finish": "angaben-pruefen",
    "sign_off": "abschliessen",
    "version_page": "abschliessen",
    "consents": "abschliessen",
    "files": "veroeffentlichen",
    "publication": "veroeffentlichen",
    "look": "veroeffentlichen",
    "measures": "massnahmen",
    "climate_path": "massnahmen",
    "comparison": "vergleich",
    "joint_goal_of_company": "vergleich",
    "aggregate_releases": "gemeinsame-zahlen",
    "joint_goal": "gemeinsame-zahlen",
    "cluster_report": "gemeinsame-zahlen",
    "polls": "umfragen",
    "examples": "beispiele-zeigen",
    "examples_of_company": "gute-beispiele",
    "own_examples": "gute-beispiele",
    "residues": "reststoffe",
    "residue_notices": "reststoffe",
    "residue_inquiries": "reststoffe",
    "residues_passed_on": "reststoffe",
    "residue_board": "reststoffe-leiten",
    "residue_neighbours": "reststoffe-leiten",
    "awards": "auszeichnen",
    "awards_of_company": "mitmachen",
    "working_groups": "arbeitsgruppen",
    "groups_of_company": "mitmachen",
    "cockpit": "uebersicht-lesen",
    "cluster_members": "einladen",
    "cluster_invitations": "einladen",
    "sent_messages": "nachrichten",
    "company_list": "einladen",
    "cluster_team": "einladen",
    "cohorts": "kohorten",
    "cohort_companies": "kohorten",
    "workshop": "workshop",
    "review": "ergebnisse",
    "stock": "anmerkungen",
}
TOPICS_OF_ENDPOINTS: Mapping[str, str] = {
    "cockpit.message": "nachrichten",
    "cockpit.member": "nachfassen",
    "review.queue": "runden",
    "review.show": "auffaelliges",
    "review.ask_approval": "freigeben",
    "review.ask_withdrawal": "freigeben",
    "review.conflict": "pruefteam",
    "criterion.show": "entwuerfe",
    "figures.material_flow": "stofffluss",
}


def help_url() -> str:
    """The address of the help with the page that is shown; of all help where no topic is about it."""
    topic = TOPICS_OF_ENDPOINTS.get(request.endpoint or "") or TOPICS.get(request.blueprint or "")
    return url_for("help.topic", topic_key=topic) if topic else url_for("help.index")


class OwnPlaces:
    """What the signed-in person has a role in; nothing for a visitor."""

    @cached_property
    def declarations(self) -> tuple[Declaration, ...]:
        """The declarations of their companies, the one changed last first; those of an archive at the end."""
        actor = current_actor()
        if not actor.roles:
            return ()
        latest = sorted(
            declarations.of_organisations(db(), actor.roles), key=lambda each: each.changed_at, reverse=True
        )
        return tuple(sorted(latest, key=lambda each: each.organisation_id in actor.archived_companies))

    def first_declaration(self, permission: Permission, section: str | None = None) -> Declaration | None:
        """The first declaration for which the person has the permission."""
        for declaration in self.declarations:
            if can_read(permission, current_actor(), subject_of(declaration, section)):
                return declaration
        return None

    def links(self, keys: Iterable[str]) -> list[PlaceLink]:
        """The pages of these keys, without those that the person may not open."""
        hrefs = ((PLACES[key].label, self._href(PLACES[key])) for key in keys)
        return [PlaceLink(str(label), href) for label, href in hrefs if href]

    def _href(self, place: Place) -> str:
        arguments = next(current_app.url_map.iter_rules(place.endpoint)).arguments
        for subject in self._subjects(arguments, place.values.get("section_ref")):
            permission = permission_of(current_app, place.endpoint)
            if permission is not None and can_read(permission, current_actor(), subject):
                ids = {name: getattr(subject, name) for name in arguments if hasattr(subject, name)}
                return url_for(place.endpoint, **ids, **place.values)
        return ""

    def _subjects(self, arguments: set[str], section: str | None) -> Iterable[Subject]:
        actor = current_actor()
        if "declaration_id" in arguments:
            return (subject_of(declaration, section) for declaration in self.declarations)
        if "organisation_id" in arguments:
            return (Subject(organisation_id=key) for key in actor.roles)
        if "cluster_id" in arguments:
            return (Subject(cluster_id=key) for key in actor.clusters)
        return (NO_SUBJECT,)


def subject_of(declaration: Declaration, section: str | None = None) -> Subject:
    """The declaration, or a section of it, for the policy."""
    return Subject(
        organisation_id=declaration.organisation_id, declaration_id=declaration.id, section=section
    )
