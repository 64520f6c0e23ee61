"""Ways through a cluster, each counted on its own: `python -m tests.journey --part NAME`."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.e2e.conftest import CHROMIUM, OPTIONS
from tests.journey import (
    climate_network,
    cohort_setup,
    invitations,
    list_import,
    missing_criterion,
    remark_answers,
    review,
)
from tests.journey.counting import Tally
from tests.journey.way import WayLost

Part = Callable[[Browser, Path], tuple[Tally, Sequence[tuple[str, str, int, int]]]]

PARTS: dict[str, Part] = {
    "answer": remark_answers.walk_through_answers,
    "cohort": cohort_setup.set_up,
    "goal": climate_network.goal,
    "invitations": invitations.chase,
    "invite": list_import.invite_forty,
    "measure": climate_network.note_measure,
    "review": review.walk_through_review,
    "write": missing_criterion.write_criterion,
}


def walk_part(folder: Path, name: str) -> None:
    """Walk one part and print what it takes. Exits with 1 if the way is lost or takes more than promised."""
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
            tally, visits = PARTS[name](browser, folder / name)
    except WayLost as lost:
        sys.exit(f"The way is lost: {lost}")
    print(f"{name}: {tally.pages} pages, {tally.clicks} clicks, {tally.screens:.1f} screens")
    print(*(f"{height:6} px {clicks:3} clicks  {path}" for _part, path, height, clicks in visits), sep="\n")
