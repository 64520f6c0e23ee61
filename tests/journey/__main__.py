"""`python -m tests.journey` walks through an instance of its own with a real browser and counts."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.journey.manager import PARTS
from tests.journey.walks import main, main_of_manager

if __name__ == "__main__":
    arguments = argparse.ArgumentParser(prog="python -m tests.journey", description=__doc__)
    arguments.add_argument(
        "--set", choices=("effas", "gri"), action="append", dest="sets", help="only this set"
    )
    arguments.add_argument(
        "--part", choices=sorted(PARTS), action="append", dest="parts", help="what a manager does, instead"
    )
    arguments.add_argument("--json", action="store_true", help="JSON instead of tables")
    arguments.add_argument("--visits", action="store_true", help="every page with its height and clicks, too")
    arguments.add_argument(
        "--with-helps",
        action="store_true",
        help="with ticked facts and sentences from figures; prints the texts",
    )
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if given.parts:
            main_of_manager(Path(folder), given.parts, as_json=given.json)
            sys.exit()
        main(
            Path(folder),
            given.sets or ["effas", "gri"],
            as_json=given.json,
            visits=given.visits,
            with_helps=given.with_helps,
        )
