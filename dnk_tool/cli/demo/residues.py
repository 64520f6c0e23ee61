"""The residues of the demo's clusters: notices of members, matches, who asked whom, and neighbours."""

from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from decimal import Decimal
from typing import Any

from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.factors.loader import load_factors
from dnk_tool.cli.demo.clock import Scenario
from dnk_tool.cli.demo.companies import DemoCompany, DemoContext
from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.domain.exchange.residues import NoticeKind, ResidueNotice
from dnk_tool.domain.figures.calculators import CalculatorLine, with_proposed_factors
from dnk_tool.domain.permissions import Actor, ClusterRole, Role
from dnk_tool.domain.quantities import Quantity
from dnk_tool.services.clusters.consent_renewal import change_choice
from dnk_tool.services.exchange import residue_inquiries
from dnk_tool.services.exchange.neighbours import accept_neighbour, propose_neighbour
from dnk_tool.services.exchange.residues import save_notice
from dnk_tool.services.figures import calculator_lines
from dnk_tool.services.work import Work
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.clusters import lists as cluster_lists
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.exchange import residue_inquiries as stored_inquiries

METAL, FURNITURE, GARDEN, FREIGHT = ("Metallbau", "Möbelwerkstätten", "Gartenbau", "Spedition")
OFFER, SEARCH, CHIPS = NoticeKind.OFFER, NoticeKind.SEARCH, "Eichenspäne aus der Fräse"

# By how the company's name begins: kind, title, code, tonnes, form, areas, sentence; days from today or None.
NOTICES = (
    (METAL, OFFER, "Aluminiumspäne, sortenrein", "12 01 03", "9.6", "lose, ölfrei, im Container", ("58",),
     "Fällt das ganze Jahr gleichmäßig an.", None),
    (FURNITURE, OFFER, "Buchenhobelspäne, unbehandelt", "03 01 05", "38", "trocken, aus dem Silo", ("37",),
     "Ohne Leim und Lack; abholen oder liefern, beides geht.", 62),
    (FURNITURE, SEARCH, "Aluminiumreste für Griffe", "17 04 02", "0.5", "Stücke ab 20 cm", ("37", "33"),
     "", None),
    ("Tischlerei", OFFER, "Flachglas, Zuschnitt", "17 02 02", "2.1", "Streifen, in Kisten", ("59",),
     "Einfachglas ohne Folie.", None),
    ("Druckerei", OFFER, "Kartonverschnitt, gemischt", "15 01 01", "9", "gepresst, in Ballen", ("33",),
     "Etwa die Hälfte ist bedruckt.", None),
    ("Kaffeerösterei", OFFER, "Jutesäcke, gebraucht", "15 01 09", "1.8", "gebündelt, 60-Kilogramm-Säcke", (),
     "Sauber und trocken; sie riechen nach Kaffee.", None),
    ("Kaffeerösterei", OFFER, "Kaffeehäutchen", "02 03 04", "6", "lose, trocken, in Säcken", (), "", None),
    ("Bäckerei", OFFER, "Altbrot, unverpackt", "02 06 01", "14", "in Kisten, täglich frisch", ("33",),
     "Ohne Belag. Für Futter gelten eigene Regeln.", None),
    ("Textilreinigung", OFFER, "Drahtbügel", "20 01 40", "0.6", "lose, in Kartons", ("33",), "", None),
    (GARDEN, SEARCH, "Holzspäne für Wege", "03 01 05", "25", "naturbelassen, lose", ("32", "37"),
     "Im Frühjahr brauchen wir am meisten.", 90),
    (FREIGHT, SEARCH, "Karton als Polster", "15 01 01", "3", "Streifen, unbedruckt", ("32",), "", None),
    ("Pflegedienst", SEARCH, "Paletten für Hochbeete", "15 01 03", "1", "auch beschädigt, trocken", ("32",),
     "Gern zweimal im Jahr.", 30),
)  # fmt: skip
# What members of the climate network show, by the key of the firm; matches with those above.
NEIGHBOUR_NOTICES: tuple[tuple[Any, ...], ...] = (
    ("moebelmanufaktur", OFFER, CHIPS, "03 01 05", "11", "trocken, in Säcken", ("37",),
     "Aus Massivholz, ohne Leim.", None),
    ("druckhaus", OFFER, "Kartonhülsen", "15 01 01", "2.5", "lose, auf Paletten", ("31",), "", None),
    ("werkzeugbau", SEARCH, "Aluminium für Vorrichtungen", "17 04 02", "1.5", "Stücke ab 10 cm", ("31",), "",
     None),
)  # fmt: skip
CROSSING = (METAL, FREIGHT, GARDEN)  # members of the first cluster that let neighbours see what they show
# The waste of a company, from which its page proposes offers: activity, label, tonnes, code.
WASTE = (
    ("recycling-metal", "Stahlreste und Späne", "78", "12 01 01"),
    ("recycling-metal", "Edelstahl und Aluminium", "9.6", "12 01 03"),
    ("recycling-wood", "Holzpaletten", "3.4", "15 01 03"),
)


def offers_and_searches(demo: DemoContext) -> Scenario:
    """Members allow residues, show what they have and need, and some ask each other."""
    yield 19
    firms = _firms(demo)
    _enter_waste(firms[METAL])
    yield 5
    for firm in firms.values():
        _allow(firm, ConsentChoice.RESIDUES)
    ids = {title: _show(firms[name], kind, title, *words) for name, kind, title, *words in NOTICES}
    yield 2
    asked = "Wir legen Wege in drei Parks an. Können Sie einmal im Monat einen Anhänger füllen?"
    _ask(firms[GARDEN], ids["Buchenhobelspäne, unbehandelt"], asked)
    _agree(firms[FURNITURE])
    _ask(firms[FURNITURE], ids["Aluminiumspäne, sortenrein"], "Welche Legierung ist es, und geht auch 1 t?")


def be_neighbours(demo: DemoContext, members: Mapping[str, DemoCompany], other: str, manager: str) -> None:
    """Make the network and another cluster neighbours, and let members of both show residues across.

    `other`: the name of that cluster, `manager`: the address of who manages it; a network that was seeded
    alone has no neighbour.
    """
    session, account = demo.session, accounts.by_email(demo.session, manager)
    if account is None:
        return
    shown = {key: members[key] for key, *_words in NEIGHBOUR_NOTICES}
    for firm in shown.values():
        _allow(firm, ConsentChoice.RESIDUES, ConsentChoice.RESIDUE_NEIGHBOURS)
    ids = {title: _show(shown[key], kind, title, *words) for key, kind, title, *words in NEIGHBOUR_NOTICES}
    beyond = copy(demo)
    beyond.cluster = propose_neighbour(Work(session, demo.manager, demo.clock.tick()), demo.cluster, other)
    actor = Actor(account.id, clusters={beyond.cluster.id: ClusterRole.MANAGER})
    accept_neighbour(Work(session, actor, demo.clock.tick()), beyond.cluster, demo.cluster.id)
    firms = _firms(beyond)
    for name in CROSSING:
        _allow(firms[name], ConsentChoice.RESIDUE_NEIGHBOURS)
    _ask(firms[GARDEN], ids[CHIPS], "Wir streuen damit Wege. Geht einmal im Monat ein Anhänger voll?")


def _allow(firm: DemoCompany, *chosen: ConsentChoice) -> None:
    for choice in chosen:
        now = firm.demo.clock.tick()
        change_choice(Work(firm.demo.session, firm.actor, now), firm.consent, choice, is_allowed=True)


def _firms(demo: DemoContext) -> dict[str, DemoCompany]:
    """The members that show something, by how their name begins, with one of their owners."""
    session, found = demo.session, {}
    names = dict.fromkeys(name for name, *_words in NOTICES)
    for organisation, consent in cluster_lists.list_members(session, demo.cluster.id):
        name = next((each for each in names if organisation.name.startswith(each)), None)
        if name:
            owners = accounts.people_with_roles(
                session, organisation.id, (Role.OWNER,), today=demo.now.date()
            )
            owner = min(owners, key=lambda account: account.id)
            found[name] = DemoCompany(demo, organisation, owner, consent)
    return found


def _show(
    firm: DemoCompany,
    kind: NoticeKind,
    title: str,
    code: str,
    tonnes: str,
    form: str,
    areas: tuple[str, ...],
    sentence: str,
    days: int | None,
) -> int:
    demo = firm.demo
    start = demo.clock.day(-days) if days else None
    notice = ResidueNotice(kind, title, (code,), Decimal(tonnes), form, start, areas, sentence)
    row = save_notice(
        Work(demo.session, firm.actor, demo.clock.tick()),
        firm.organisation.id,
        demo.cluster.id,
        notice,
        is_shown=True,
    )
    return row.id


def _ask(firm: DemoCompany, notice_id: int, message: str) -> None:
    session, cluster = firm.demo.session, firm.demo.cluster.id
    now = firm.demo.clock.tick()
    residue_inquiries.ask(Work(session, firm.actor, now), firm.organisation.id, cluster, notice_id, message)


def _agree(firm: DemoCompany) -> None:
    """Agree to the only inquiry that the company got."""
    session, demo = firm.demo.session, firm.demo
    [inquiry] = stored_inquiries.of_member(session, firm.consent)
    organisation_id, now = firm.organisation.id, demo.clock.tick()
    residue_inquiries.agree(Work(session, firm.actor, now), organisation_id, demo.cluster.id, inquiry.row.id)


def _enter_waste(firm: DemoCompany) -> None:
    """Enter the company's waste as lines of its declaration in work."""
    session = firm.demo.session
    [declaration] = declarations.of_organisations(session, [firm.organisation.id])
    for activity, label, tonnes, code in WASTE:
        kind = load_calculators()["waste"].activity(activity)
        if kind is None:
            raise LookupError(activity)
        quantity = Quantity(Decimal(tonnes), "t")
        line = CalculatorLine(0, "waste", activity, label=label, quantities={"quantity": quantity})
        line = with_proposed_factors(
            replace(line, code=code), kind, load_factors(), declaration.reporting_year
        )
        now = firm.demo.clock.tick()
        calculator_lines.save_line(Work(session, firm.actor, now), declaration, line, seen=0)
