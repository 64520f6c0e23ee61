"""`python -m tests.pages.screens` makes docs/screens anew: main pages of the demo, light and dark."""

import io
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select

from dnk_tool.cli.demo import PASSWORD
from dnk_tool.domain.exchange.awards import AwardState
from dnk_tool.domain.permissions import SHELL
from dnk_tool.services.exchange import jury
from dnk_tool.services.work import Work
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.exchange.awards import AwardRow
from tests.e2e.conftest import CHROMIUM, OPTIONS, new_visitor
from tests.e2e.driving import Server
from tests.pages import readme_picture
from tests.pages.demo import NOBODY, client_of, first_path
from tests.pages.pictures import FOLDER, SCHEMES, save_picture

SIZES = {1280: 900, 320: 640}
LONGEST = 1_260  # pixels of a page; what follows looks alike
ALL_TOGETHER = 3_500_000  # bytes


@dataclass(frozen=True)
class Screen:
    """A page of the demo, as somebody sees it."""

    name: str
    about: str
    person: str
    path: str
    schemes: tuple[str, ...] = SCHEMES


def main() -> None:
    """Make the pictures and their index."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder))
        server.run("demo", "--no-serve")
        server.start()
        try:
            screens = all_screens(server)
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
            for screen in screens:
                for width in SIZES:
                    for scheme in screen.schemes:
                        photograph(browser, server, screen, width, scheme)
            readme_picture.compose(browser, server)
        finally:
            server.close()
        photograph_cover(server.instance / "beispiel-erklaerung.pdf")
    (FOLDER / "README.md").write_text(index(screens), "utf-8")
    size = sum(file.stat().st_size for file in FOLDER.iterdir())
    print(f"{len(list(FOLDER.iterdir()))} files, {size:,} bytes")
    assert size < ALL_TOGETHER, "fewer colours, or shorter pages"


def all_screens(server: Server) -> list[Screen]:
    """The pages, in the order in which people meet them."""
    owner, done, manager, reviewer = (f"{name}@demo.example" for name in ("jonas", "katrin", "karin", "ralf"))
    leader, member = "silke@demo.example", "heike@demo.example"
    declaration = r"/erklaerungen/\d+/"
    own = first_path(client_of(server, owner), declaration)
    finished = first_path(client_of(server, done), declaration)
    asked = "reinigung@demo.example"
    returned = first_path(client_of(server, asked), declaration)
    version = first_path(client_of(server, done), finished + r"versionen/\d+", at=finished)
    cluster = first_path(client_of(server, manager), r"/cluster/\d+/")
    review = first_path(client_of(server, reviewer), r"/cluster/\d+/pruefung/\d+/?", at=f"{cluster}pruefung/")
    network = first_path(client_of(server, leader), r"/cluster/\d+/")
    company = first_path(client_of(server, member), r"/unternehmen/\d+")
    public = first_path(client_of(server, NOBODY), r"/berichte/(?!cluster)[^/?.]+", at="/berichte")
    return [
        Screen("start", "The start page, signed out", NOBODY, "/"),
        Screen("first-day", "The first day: five steps, the papers to fetch", owner, f"{own}erster-tag"),
        Screen("overview", "The overview of a declaration in work", owner, own),
        Screen("words", "A criterion: what to write, and help beside it", owner, f"{own}kriterien/1"),
        Screen("figures", "The figures of a criterion", owner, f"{own}kriterien/13/kennzahlen"),
        Screen("bills", "Eight usual bills on one page", owner, f"{own}rechnungen/"),
        Screen("check", "The final check, which shows the declaration", owner, f"{own}pruefen"),
        Screen("finish", "A finished version, and what to do with it", done, version),
        Screen("public", "What everybody sees of a published declaration", NOBODY, public),
        Screen("cockpit", "The cockpit of a cluster", manager, cluster),
        Screen("review", "A criterion in review, with its last year", reviewer, f"{review.rstrip('/')}/13"),
        Screen("answers", "What a company changes after a review", asked, f"{returned}anmerkungen"),
        Screen("numbers", "What a cluster released of a year", leader, f"{network}zahlen"),
        Screen("goal", "A cluster's joint goal", leader, f"{network}ziel"),
        Screen("path", "A company's path to its climate goal", member, f"{company}/pfad"),
        Screen("comparison", "A company beside the middle of its cluster", member, f"{company}/vergleich"),
        *exchange_screens(server, manager, cluster, owner, member),
    ]


def exchange_screens(server: Server, manager: str, cluster: str, owner: str, member: str) -> list[Screen]:
    """What the members of a cluster share, in the light scheme alone: all pictures together stay small."""
    reader, own, light = client_of(server, member), r"/unternehmen/\d+", SCHEMES[:1]
    poll = first_path(client_of(server, manager), rf"{cluster}umfragen/\d+", at=f"{cluster}umfragen")
    company = first_path(client_of(server, owner), own)
    shown = f"{first_path(reader, own)}/beispiele"
    example = first_path(reader, rf"{shown}/\d+", at=shown)
    return [
        Screen("poll", "A poll on the wall, asked before and after", manager, f"{poll}/wand?still=1", light),
        Screen("example", "A good example of another member", member, example, light),
        Screen("residues", "The board of residues", owner, f"{company}/reststoffe", light),
        Screen("jury", "What somebody of a jury fills in", NOBODY, sheet_path(server), light),
    ]


def sheet_path(server: Server) -> str:
    """A sheet of an award that is judged, by a new link of a juror of the demo."""
    with server.stored() as session:
        award = session.scalars(select(AwardRow).where(AwardRow.state == AwardState.JUDGING)).first()
        assert award
        cluster = session.get_one(Cluster, award.cluster_id)
        known = {"email": "jury1@demo.example", "name": "Prof. Ute Lindner", "language": "de"}
        now = datetime.now(UTC)
        _juror, token = jury.invite_juror(Work(session, SHELL, now), cluster, award.id, **known)
    return first_path(client_of(server, NOBODY), rf"/jury/{token}/\d+", at=f"/jury/{token}")


def photograph(browser: Browser, server: Server, screen: Screen, width: int, scheme: str) -> None:
    """One picture of a page, from its top."""
    visitor = new_visitor(browser, server, width=width, height=SIZES[width], color_scheme=scheme)
    page = visitor.sign_in(screen.person, PASSWORD) if screen.person else visitor.page()
    page.goto(screen.path)
    save_picture(picture_of(page, width), f"{screen.name}-{width}-{scheme}")
    visitor.context.close()


def picture_of(page: Page, width: int) -> Image.Image:
    """The page from its top, in a window as high as the page: so nothing that sticks lies across it."""
    height = min(LONGEST, page.evaluate("document.documentElement.scrollHeight"))
    page.set_viewport_size({"width": width, "height": height})
    return Image.open(io.BytesIO(page.screenshot()))


def photograph_cover(pdf: Path) -> None:
    """The first page of the finished declaration that the demo renders."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "cover"
        command = ["pdftoppm", "-png", "-r", "70", "-f", "1", "-l", "1", "-singlefile", str(pdf), str(target)]
        subprocess.run(command, check=True)
        save_picture(Image.open(target.with_suffix(".png")), "pdf")


def index(screens: list[Screen]) -> str:
    """A line for each page, with links to its pictures."""
    lines = ["# Screens", "", "Pages of the demo (`make demo`), made by `make screens`.", ""]
    for screen in screens:
        links = ", ".join(
            f"[{width} {scheme}]({screen.name}-{width}-{scheme}.png)"
            for width in SIZES
            for scheme in screen.schemes
        )
        lines.append(f"- {screen.about}: {links}")
    return "\n".join([*lines, "- The cover of the printed declaration: [page 1](pdf.png)", ""])


if __name__ == "__main__":
    main()
