"""`python -m tests.pages.readme_picture` makes the picture of the README anew, in light and dark."""

import base64
import io
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from dnk_tool.cli.demo import PASSWORD
from tests.e2e.conftest import CHROMIUM, OPTIONS, new_visitor
from tests.e2e.driving import Server
from tests.pages.demo import client_of, first_path
from tests.pages.pictures import SCHEMES, save_picture
from tests.prints import page_words

WIDTH, HEIGHT = 900, 706  # CSS pixels: as wide as a forge shows a README
SHARPNESS = 2  # pixels to a CSS pixel
COLOURS = 96
LARGEST = 250_000  # bytes of a picture
GLANCE = "Auf einen Blick"
BACKGROUND = {"light": "#ffffff", "dark": "#0d1117"}  # a forge's own
PAGE = """<!DOCTYPE html><meta charset="utf-8"><style>
body {{ margin: 0; background: {background} }}
img {{ position: absolute; object-fit: cover; object-position: top; border-radius: 8px;
  border: 1px solid #8886; box-sizing: border-box }}
</style>
<img style="left: 0; top: 0; width: 444px; height: 706px" src="{criterion}">
<img style="left: 456px; top: 0; width: 444px; height: 396px" src="{cockpit}">
<img style="left: 456px; top: 408px; width: 444px; height: 298px" src="{pdf}">
"""


@dataclass(frozen=True)
class View:
    """A page of the demo as somebody sees it; its picture begins where `top` does, if that is given."""

    person: str
    path: str
    top: str = ""


def main() -> None:
    """Start the demo and make the two pictures."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder))
        server.run("demo", "--no-serve")
        server.start()
        try:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
            compose(browser, server)
        finally:
            server.close()


def compose(browser: Browser, server: Server) -> None:
    """Make readme-light.png and readme-dark.png with pages of the demo and of its finished declaration."""
    owner, manager = "jonas@demo.example", "karin@demo.example"
    declaration = first_path(client_of(server, owner), r"/erklaerungen/\d+/")
    cluster = first_path(client_of(server, manager), r"/cluster/\d+/")
    criterion, cockpit = View(owner, f"{declaration}kriterien/1"), View(manager, cluster, top="h1")
    glance = picture_of_glance((server.instance / "beispiel-erklaerung.pdf").read_bytes())
    for scheme in SCHEMES:
        pictures = {
            "criterion": _as_data_address(photograph_page(browser, server, criterion, scheme)),
            "cockpit": _as_data_address(photograph_page(browser, server, cockpit, scheme)),
            "pdf": _as_data_address(glance),
        }
        context = browser.new_context(
            viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=SHARPNESS
        )
        page = context.new_page()
        page.set_content(PAGE.format(background=BACKGROUND[scheme], **pictures), wait_until="load")
        size = save_picture(Image.open(io.BytesIO(page.screenshot())), f"readme-{scheme}", colours=COLOURS)
        context.close()
        assert size < LARGEST, f"{size:,} bytes: fewer colours"


def photograph_page(browser: Browser, server: Server, view: View, scheme: str) -> bytes:
    """A page in a narrow window, so that its words can be read beside another."""
    visitor = new_visitor(
        browser, server, width=620, height=1_100, color_scheme=scheme, device_scale_factor=SHARPNESS
    )
    page = visitor.sign_in(view.person, PASSWORD)
    page.goto(view.path)
    if view.top:
        page.evaluate("selector => scrollTo(0, document.querySelector(selector).offsetTop - 52)", view.top)
    picture = page.screenshot()
    visitor.context.close()
    return picture


def picture_of_glance(pdf: bytes) -> bytes:
    """The page with the key figures, without its outer margins. Raises StopIteration if there is none."""
    pages = page_words(pdf).split("\n----\n")
    number = next(at for at, words in enumerate(pages, 1) if words.strip().startswith(GLANCE))
    command = ["pdftoppm", "-png", "-r", "144", "-f", str(number), "-l", str(number), "-"]
    drawn = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout
    page = Image.open(io.BytesIO(drawn))
    margin = page.width // 22
    page.crop((margin, 3 * margin // 2, page.width - margin, page.height)).save(cut := io.BytesIO(), "PNG")
    return cut.getvalue()


def _as_data_address(picture: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(picture).decode()}"


if __name__ == "__main__":
    main()
