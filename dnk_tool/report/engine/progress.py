"""Tells how far a render is: half of it is laying sections out, the other half is painting pages."""

from bisect import bisect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from dnk_tool.report.engine.patches import Patch

Progress = Callable[[int, int], None]

STEPS = 50  # of either half


class _ProgressReporter:
    """Knows where in the document each page ends, and how many pages are painted."""

    def __init__(self, tell: Progress) -> None:
        """Passes on to `tell` how many of 2 * STEPS steps are done."""
        self._tell = tell
        self._said = -1
        self._root: Any = None
        self._blocks: list[tuple[int, ...]] = []
        self.pages = self.painted = 0

    def laid_out(self, root: Any, resume_at: Any) -> None:
        """Counts the blocks before `resume_at`, where the next page begins; all of them if it is None."""
        if root is not self._root:
            self._root, self._blocks = root, list(_paths(root))
        reached = bisect(self._blocks, _path(resume_at)) if resume_at else len(self._blocks)
        self._say(reached, len(self._blocks), 0)

    def paint(self) -> None:
        """Counts one more painted page."""
        self.painted += 1
        self._say(self.painted, self.pages, STEPS)

    def _say(self, done: int, of: int, before: int) -> None:
        """Tells the step that was reached; never an earlier one, since pages may be laid out again."""
        step = before + STEPS * done // max(1, of)
        if step > self._said:
            self._said = step
            self._tell(step, 2 * STEPS)


def _paths(box: Any, path: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:
    """Where the blocks of the outer levels stand, in the order of reading."""
    for number, child in enumerate(box.children):
        here = (*path, number)
        yield here
        if len(here) < 5 and child.element_tag in ("body", "section", "div"):
            yield from _paths(child, here)


def _path(resume_at: Any) -> tuple[int, ...]:
    """Turns the nested place at which the next page resumes into the numbers of children, from outside in.

    A grid is divided in each of its columns: the first of them counts.
    """
    path = []
    while resume_at:
        number = min(resume_at)
        resume_at = resume_at[number]
        path.append(number)
    return tuple(path)


_teller: _ProgressReporter | None = None


@contextmanager
def telling(tell: Progress) -> Iterator[Callable[[int], None]]:
    """While one document is rendered; the value is to be told how many pages there are to paint."""
    global _teller  # noqa: PLW0603 - one render at a time in this process
    teller = _teller = _ProgressReporter(tell)

    def will_paint(pages: int) -> None:
        """Takes down how many pages there are; until then, painting cannot be measured."""
        teller.pages = pages

    try:
        yield will_paint
    finally:
        _teller = None


def _laid_out(make: Any) -> Any:
    """Tells the reporter of every page that was laid out."""

    def remake_page(index: int, context: Any, root_box: Any, html: Any) -> Any:
        """Makes the page as ever, then tells where the next one begins."""
        made = make(index, context, root_box, html)
        if _teller is not None:
            _teller.laid_out(root_box, made[1])
        return made

    return remake_page


def _painted(paint: Any) -> Any:
    """Tells the reporter of every page that was painted."""

    def telling_paint(self: Any, *given: Any, **named: Any) -> None:
        """Paints the page as ever, then counts it."""
        paint(self, *given, **named)
        if _teller is not None:
            _teller.paint()

    return telling_paint


PATCHES = (
    Patch(
        "weasyprint.layout.page:remake_page",
        "f0d4baf2564f8e0970d4c09c595fc6e7e23f23516ed2f7fc8a434e43f1c1ced7",
        _laid_out,
    ),
    Patch(
        "weasyprint.document:Page.paint",
        "89af8c69fef274cbb495b34726bd7f424e0e8b62d9349853669815efa237c110",
        _painted,
    ),
)
