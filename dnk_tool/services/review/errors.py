"""Why a step of the reviewers is refused, each with what the page needs to explain it."""

from collections.abc import Sequence

from dnk_tool.catalogue import Section
from dnk_tool.domain.declarations.states import State
from dnk_tool.store.review.remarks import RemarkThread


class NotInReview(Exception):
    """The declaration is not submitted: the company has it back, or the review is over."""

    def __init__(self, state: State) -> None:
        self.state = state
        super().__init__(f"no verdict while {state}")


class VersionSuperseded(Exception):
    """The company has submitted another version since the reviewer read theirs: `version`."""

    def __init__(self, version: int) -> None:
        self.version = version
        super().__init__(f"version {version} is to be judged")


class RemarkMissing(Exception):
    """A needed change must be named by a remark that awaits the company's answer; `sections` have none."""

    def __init__(self, sections: Sequence[str]) -> None:
        self.sections = tuple(sections)
        super().__init__(f"no remark on {', '.join(self.sections)}")


class RemarkAlreadyAnswered(Exception):
    """The remark cannot be withdrawn any more: the company has answered it."""

    def __init__(self, thread: RemarkThread) -> None:
        self.thread = thread
        super().__init__(f"thread {thread.id} has an answer")


class DraftPublished(Exception):
    """The draft has reached the company meanwhile, in `thread_id`; another text is a new remark."""

    def __init__(self, thread_id: int) -> None:
        self.thread_id = thread_id
        super().__init__(f"thread {thread_id} is published")


class DraftAnswered(Exception):
    """The draft cannot be discarded: a colleague's draft answers it, in `thread_id`."""

    def __init__(self, thread_id: int) -> None:
        self.thread_id = thread_id
        super().__init__(f"draft {thread_id} has answers")


class ReviewClosed(Exception):
    """The declaration is approved or finished: the company is not notified of remarks any more."""

    def __init__(self, state: State) -> None:
        self.state = state
        super().__init__(f"nothing is written to the company while {state}")


class DraftsChanged(Exception):
    """The round does not end yet: there are other drafts now than the reviewer has read."""


class NothingToChange(Exception):
    """Changes cannot be requested: no section needs one."""


class SectionsNotAccepted(Exception):
    """The version cannot be approved: `sections` are not in order yet."""

    def __init__(self, sections: Sequence[Section]) -> None:
        self.sections = tuple(sections)
        super().__init__(f"{len(self.sections)} sections are not accepted")


class OpenRemarks(Exception):
    """The version cannot be approved: remarks to the company (`threads`) would stay open for ever."""

    def __init__(self, threads: Sequence[RemarkThread]) -> None:
        self.threads = tuple(threads)
        super().__init__(f"{len(self.threads)} remarks are open")
