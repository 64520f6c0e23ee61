"""What sites add up to, whom it collides with, and which sites a year's figures include."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain.answers.answer import NO_FIGURE, Figure, Origin, Quality
from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.editing import ConflictError
from dnk_tool.domain.organisation import Profile, Site
from dnk_tool.domain.permissions import SHELL, Actor, NotPermitted
from dnk_tool.domain.quantities import Quantity
from dnk_tool.services.declarations.documents import live_document
from dnk_tool.services.editing.locks import Locked
from dnk_tool.services.figures import save as figure_save
from dnk_tool.services.figures.sites import (
    SiteAmountEdit,
    SiteFigureSaveOutcome,
    save_scope,
    save_site_figures,
)
from dnk_tool.services.people.organisations import update_profile
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.figures import sites
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.figures import SiteFigureRow
from tests.integration.figures.stored_figures import POWER, stored_figure

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
PLANT, STORE = "Werk", "Lager"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tested here is the same in every database."""
    return sqlite_url


@pytest.fixture
def firm(session: Session, declaration: Declaration) -> Declaration:
    """A declaration of a company with two sites."""
    give_sites(session, declaration, Site(PLANT), Site(STORE))
    return declaration


def give_sites(session: Session, declaration: Declaration, *sites: Site) -> None:
    organisation = declaration.organisation
    profile = Profile(organisation.name, sites=sites)
    update_profile(Work(session, SHELL, NOW), organisation, profile, seen=organisation.version)
    session.flush()


def point(declaration: Declaration, key: str = POWER) -> Datapoint:
    return declarations.selection_of(declaration).catalogue.datapoints[key]


def used(value: str) -> Quantity:
    return Quantity(Decimal(value), "kWh")


def save_amounts(
    session: Session, declaration: Declaration, actor: Actor, seen: int = 0, **given: SiteAmountEdit
) -> SiteFigureSaveOutcome:
    saved = save_site_figures(
        Work(session, actor, NOW), declaration, point(declaration), given, quality=Quality.MEASURED, seen=seen
    )
    session.flush()
    return saved


def new(value: str) -> SiteAmountEdit:
    return SiteAmountEdit(used(value), None)


def test_the_sum_becomes_the_companys_figure(session: Session, firm: Declaration, actor: Actor) -> None:
    mwh = SiteAmountEdit(Quantity(Decimal("1.5"), "MWh"), None)
    saved = save_amounts(session, firm, actor, Werk=mwh, Lager=new("200"))
    assert (saved.total.total, saved.total.missing, saved.conflicts) == (used("1700"), (), {})
    assert stored_figure(session, firm) == Figure(Decimal(1700), "kWh", Quality.MEASURED, origin=Origin.SITES)
    detail = session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert detail is not None
    assert detail.detail["sites"] == {PLANT: ["", "1.5 MWh"], STORE: ["", "200 kWh"]}


def test_a_site_without_value_is_named(session: Session, firm: Declaration, actor: Actor) -> None:
    saved = save_amounts(session, firm, actor, Werk=new("0"), Lager=SiteAmountEdit(None, None))
    assert (saved.total.total, saved.total.missing) == (used("0"), (STORE,))


def test_the_last_value_gone_empties_the_figure(session: Session, firm: Declaration, actor: Actor) -> None:
    save_amounts(session, firm, actor, Werk=new("5"))
    save_amounts(session, firm, actor, seen=1, Werk=SiteAmountEdit(None, used("5")))
    assert stored_figure(session, firm) == NO_FIGURE
    assert not session.scalars(select(SiteFigureRow)).all()


def test_colleagues_at_two_sites_do_not_collide(
    session: Session, firm: Declaration, actor: Actor, colleague: Actor
) -> None:
    save_amounts(session, firm, actor, Werk=new("5"), Lager=SiteAmountEdit(None, None))
    saved = save_amounts(session, firm, colleague, Werk=SiteAmountEdit(None, None), Lager=new("7"))
    assert (saved.conflicts, saved.saved.conflicts) == ({}, ())
    assert stored_figure(session, firm).value == 12


def test_at_the_same_site_both_are_told(
    session: Session, firm: Declaration, actor: Actor, colleague: Actor
) -> None:
    save_amounts(session, firm, actor, Werk=new("5"))
    saved = save_amounts(session, firm, colleague, Werk=new("6"), Lager=new("7"))
    assert saved.conflicts == {PLANT: used("5")}
    assert stored_figure(session, firm).value == 12, "the other site is saved"


def test_a_value_that_somebody_entered_meanwhile_stays(
    session: Session, firm: Declaration, actor: Actor, colleague: Actor
) -> None:
    entered = Figure(Decimal(100), "kWh")
    figure_save.save_figure(Work(session, actor, NOW), firm, POWER, entered, seen=0)
    session.flush()
    saved = save_amounts(session, firm, colleague, Werk=new("5"))
    assert saved.saved.conflicts
    assert stored_figure(session, firm) == entered
    save_amounts(session, firm, colleague, seen=1, Werk=SiteAmountEdit(used("6"), used("5")))
    assert stored_figure(session, firm).origin is Origin.SITES, "this time they had seen it"


def test_what_does_not_add_up_is_refused(session: Session, firm: Declaration, actor: Actor) -> None:
    points = declarations.selection_of(firm).catalogue.datapoints.values()
    share = next(datapoint for datapoint in points if datapoint.family.key == "percent")
    with pytest.raises(LookupError):
        save_site_figures(Work(session, actor, NOW), firm, share, {}, quality=None, seen=0)


def test_locks_and_permissions_hold_for_sites(session: Session, firm: Declaration, actor: Actor) -> None:
    with pytest.raises(NotPermitted):
        save_amounts(session, firm, Actor(2), Werk=new("5"))
    with pytest.raises(NotPermitted):
        choose(session, firm, Actor(2), PLANT)
    firm.state = State.SUBMITTED
    session.flush()
    with pytest.raises(Locked):
        save_amounts(session, firm, actor, Werk=new("5"))
    with pytest.raises(Locked):
        choose(session, firm, actor, PLANT)


def choose(
    session: Session, declaration: Declaration, actor: Actor, *included: str, note: str = "", seen: int = 0
) -> None:
    save_scope(Work(session, actor, NOW), declaration, frozenset(included), note, seen=seen)
    session.flush()


def test_a_scope_leaves_a_site_out_of_the_sum(session: Session, firm: Declaration, actor: Actor) -> None:
    save_amounts(session, firm, actor, Werk=new("5"), Lager=new("7"))
    assert figure_save.scope_note(session, firm) is None
    choose(session, firm, actor, PLANT, note="Das Lager ist vermietet.")
    assert stored_figure(session, firm).value == 5
    scope = figure_save.scope_note(session, firm)
    assert scope is not None
    assert (scope.included, scope.left_out, scope.note) == ((PLANT,), (STORE,), "Das Lager ist vermietet.")
    printed = live_document(session, firm).annex.scope
    assert (printed.sites, printed.left_out, printed.note) == ((PLANT,), (STORE,), "Das Lager ist vermietet.")
    with pytest.raises(ConflictError):
        choose(session, firm, actor, STORE)
    choose(session, firm, actor, PLANT, STORE, seen=1)
    assert stored_figure(session, firm).value == 12


def test_a_site_more_than_last_year_is_a_change(session: Session, firm: Declaration, actor: Actor) -> None:
    session.add(
        SiteFigureRow(
            organisation_id=firm.organisation_id,
            year=2024,
            datapoint=POWER,
            site=PLANT,
            value=Decimal(4),
            unit="kWh",
            changed_at=NOW,
        )
    )
    session.flush()
    scope = figure_save.scope_note(session, firm)
    assert scope is not None
    assert (scope.added, scope.dropped, scope.has_changed) == ((STORE,), (), True)


def test_a_renamed_site_keeps_its_figures(session: Session, firm: Declaration, actor: Actor) -> None:
    save_amounts(session, firm, actor, Werk=new("5"), Lager=new("7"))
    choose(session, firm, actor, PLANT)
    give_sites(session, firm, Site("Werk Nord"), Site(STORE))
    rows = sites.rows_of_figure(session, firm.organisation_id, 2025, POWER)
    assert {site: row.value for site, row in rows.items()} == {"Werk Nord": 5, STORE: 7}
    assert sites.read_scope(session, firm.organisation, 2025).included == ("Werk Nord",)


def test_a_site_that_is_gone_keeps_its_figures_too(session: Session, firm: Declaration, actor: Actor) -> None:
    save_amounts(session, firm, actor, Werk=new("5"), Lager=new("7"))
    give_sites(session, firm, Site(PLANT))
    saved = save_amounts(session, firm, actor, seen=1, Werk=SiteAmountEdit(used("6"), used("5")))
    assert saved.total.total == used("13")
    assert sites.read_scope(session, firm.organisation, 2025).included == (PLANT, STORE)


def test_b17_a_firm_with_two_sites_adds_up_its_fines(
    session: Session, firm: Declaration, actor: Actor
) -> None:
    given = {
        PLANT: SiteAmountEdit(Quantity(Decimal("1200"), "EUR"), None),
        STORE: SiteAmountEdit(Quantity(Decimal("80"), "EUR"), None),
    }
    fines = point(firm, "governance.compliance.fines")
    saved = save_site_figures(Work(session, actor, NOW), firm, fines, given, quality=Quality.MEASURED, seen=0)
    assert saved.total.total == Quantity(Decimal("1280"), "EUR")
