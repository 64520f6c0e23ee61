"""`python -m tests.journey` walks through an instance of its own with a real browser and counts."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.journey.parts import PARTS, walk_part
from tests.journey.walks import print_walks

if __name__ == "__main__":
    arguments = argparse.ArgumentParser(prog="python -m tests.journey", description=__doc__)
    arguments.add_argument(
        "--set", choices=("effas", "gri"), action="append", dest="sets", help="only this set"
    )
    arguments.add_argument("--json", action="store_true", help="JSON instead of tables")
    arguments.add_argument("--visits", action="store_true", help="every page with its height and clicks, too")
    arguments.add_argument(
        "--with-helps",
        action="store_true",
        help="with ticked facts and sentences from figures; prints the texts",
    )
    arguments.add_argument("--part", choices=("firm", *PARTS), default="firm", help="what is walked")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if given.part != "firm":
            walk_part(Path(folder), given.part)
            sys.exit()
        print_walks(
            Path(folder),
            given.sets or ["effas", "gri"],
            as_json=given.json,
            visits=given.visits,
            with_helps=given.with_helps,
        )
