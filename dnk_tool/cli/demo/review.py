"""What reviewers and companies of the demo say to each other."""

from dnk_tool.catalogue import Section
from dnk_tool.cli.demo.firms import Demo, Firm
from dnk_tool.domain.answers import Answer, Disclosure
from dnk_tool.domain.review import Audience, Side, Verdict
from dnk_tool.services import remarking, reviewing, stock_remarks
from dnk_tool.services.answering import Submission, save_section
from dnk_tool.services.saving import Given
from dnk_tool.services.stock_remarks import Stock
from dnk_tool.store import declarations, remarks
from dnk_tool.store.models import Declaration

# By criterion: what the manager wants, and the company's answer. By aspect: what it adds to its text.
WANTED = {
    "5": "Bitte nennen Sie noch, wie oft die Leitung den Stand auswertet.",
    "13": "Bitte schreiben Sie, wie Sie auf minus ein Viertel kommen und was davon die Fahrzeuge ausmachen.",
    "16": "Bitte ergänzen Sie, wann Sie die ausgefallenen Lehrgänge nachholen.",
}
ANSWERS = {
    "5": "Ist ergänzt: jedes Quartal.",
    "13": "Wir haben die Aufteilung dazugeschrieben.",
    "16": "Der Termin steht jetzt im Text.",
}
MENDED = {
    "5.1": " Sie wertet den Stand jedes Quartal aus und berichtet den Gesellschaftern im März.",
    "13.2": " Zwei Drittel davon sollen die Fahrzeuge bringen, ein Drittel die Wärme.",
    "16.3": " Beide Lehrgänge holen wir im kommenden Frühjahr nach.",
}
STOCK = (
    Stock(
        "Ziel ohne Jahr",
        "Bitte nennen Sie zu jedem Ziel das Jahr, bis zu dem Sie es erreichen wollen.",
        "Please name the year by which you want to reach each target.",
    ),
    Stock(
        "Zahl ohne Quelle",
        "Bitte schreiben Sie dazu, woher die Zahl stammt, zum Beispiel aus der Jahresrechnung.",
        "Please say where the figure comes from, for example the annual bill.",
    ),
)


def add_stock(demo: Demo) -> None:
    """Reusable remarks of the cluster."""
    for stock in STOCK:
        stock_remarks.add_stock(demo.session, demo.cluster.id, stock, actor=demo.manager, now=demo.ago(300))


def judge(demo: Demo, declaration: Declaration, *, days: int, wanted: bool = False, until: str = "") -> None:
    """A verdict on each section, up to `until`; changes are wanted with a remark where WANTED says so."""
    for section in declarations.selection_of(declaration).sections:
        if section.ref == until:
            return
        is_wanted = wanted and section.ref in WANTED
        if is_wanted:
            _remark(demo, declaration, section, days=days)
        reviewing.give_verdict(
            demo.session,
            declaration,
            section,
            Verdict.CHANGE_NEEDED if is_wanted else Verdict.ACCEPTED,
            seen=0,
            actor=demo.manager,
            now=demo.ago(days),
        )
        demo.session.flush()


def approve(demo: Demo, declaration: Declaration, *, days: int) -> None:
    """Accept everything and approve."""
    judge(demo, declaration, days=days)
    reviewing.approve(demo.session, declaration, actor=demo.manager, now=demo.ago(days))
    demo.session.flush()


def request_changes(demo: Demo, declaration: Declaration, *, days: int) -> None:
    """Give it back with three criteria to be changed."""
    judge(demo, declaration, days=days, wanted=True)
    reviewing.request_changes(demo.session, declaration, actor=demo.manager, now=demo.ago(days))
    demo.session.flush()


def _remark(demo: Demo, declaration: Declaration, section: Section, *, days: int) -> None:
    remarking.remark(
        demo.session,
        declaration,
        section,
        WANTED[section.ref],
        audience=Audience.SHARED,
        side=Side.REVIEWERS,
        version=declaration.version,
        actor=demo.manager,
        now=demo.ago(days),
    )


def answer(firm: Firm, declaration: Declaration, *sections: str, days: int) -> None:
    """The company answers the remarks on these criteria."""
    session = firm.demo.session
    for thread in remarks.threads(session, declaration.id, Side.COMPANY):
        if thread.section in sections:
            remarking.answer(
                session,
                declaration,
                thread,
                ANSWERS[thread.section],
                side=Side.COMPANY,
                version=declaration.version,
                actor=firm.actor,
                now=firm.demo.ago(days),
            )


def mend(firm: Firm, declaration: Declaration, *, days: int) -> None:
    """The company adds to its answers what the reviewers asked for."""
    session = firm.demo.session
    content = declarations.content(session, declaration)
    for ref, more in MENDED.items():
        section = content.sheet.selection.section_of[ref]
        text = Answer(Disclosure.COMPLY, content.sheet.answer(ref).text + more)
        submission = Submission({ref: Given(text, content.version(ref))})
        save_section(session, declaration, section, submission, actor=firm.actor, now=firm.demo.ago(days))
        session.flush()
