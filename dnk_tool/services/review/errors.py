"""Why something that a reviewer wished cannot be done, each with what the page needs to explain it."""

from collections.abc import Sequence

from dnk_tool.catalogue import Section
from dnk_tool.domain.declarations.states import State
from dnk_tool.store.review.remarks import RemarkThread


class NotInReview(Exception):
    """Only what is submitted is judged; the company has it back, or the review is over."""

    def __init__(self, state: State) -> None:
        self.state = state
        super().__init__(f"no verdict while {state}")


class VersionSuperseded(Exception):
    """The company has submitted another version since; `version` is the one to read."""

    def __init__(self, version: int) -> None:
        self.version = version
        super().__init__(f"version {version} is to be judged")


class RemarkMissing(Exception):
    """Where a change is needed, a remark that waits for an answer must say which; `sections` have none."""

    def __init__(self, sections: Sequence[str]) -> None:
        self.sections = tuple(sections)
        super().__init__(f"no remark on {', '.join(self.sections)}")


class RemarkAlreadyAnswered(Exception):
    """The company has answered the remark that was to be taken back."""

    def __init__(self, thread: RemarkThread) -> None:
        self.thread = thread
        super().__init__(f"thread {thread.id} has an answer")


class ReviewClosed(Exception):
    """The declaration is done: nobody tells the company any more that something was written to it."""

    def __init__(self, state: State) -> None:
        self.state = state
        super().__init__(f"nothing is written to the company while {state}")


class NothingToChange(Exception):
    """No section needs a change, so none can be requested."""


class SectionsNotAccepted(Exception):
    """Only what is in order in every section can be approved; `sections` are not yet."""

    def __init__(self, sections: Sequence[Section]) -> None:
        self.sections = tuple(sections)
        super().__init__(f"{len(self.sections)} sections are not accepted")


class OpenRemarks(Exception):
    """Remarks to the company are still open, and would stay so for ever; `threads` names them."""

    def __init__(self, threads: Sequence[RemarkThread]) -> None:
        self.threads = tuple(threads)
        super().__init__(f"{len(self.threads)} remarks are open")
