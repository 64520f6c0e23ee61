"""A person's next step with a declaration, in one sentence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from dnk_tool.domain.answers.completeness import FINISHED_PROGRESS, SectionProgress
from dnk_tool.domain.declarations.states import EDITABLE_STATES, State
from dnk_tool.domain.permissions import Role


@dataclass(frozen=True)
class NextStep:
    """A next step. `urgency`: 1 is the most urgent; 0 means nothing to do, or waiting."""

    text: Any
    endpoint: str = "overview.show"
    urgency: int = 0


CHANGE = NextStep(_l("Anmerkungen der Prüfung beantworten"), "change_requests.begin", urgency=1)
CHECK = NextStep(_l("Prüfen und abschließen"), "finish.check", urgency=2)
HAND_IN = NextStep(_l("Prüfen und einreichen"), "finish.check", urgency=2)
WRITE = NextStep(_l("Weiter ausfüllen"), urgency=3)
LOOK = NextStep(_l("Ansehen, was geändert werden soll"), urgency=1)
SUBMIT_AGAIN = NextStep(_l("Prüfen und wieder einreichen"), "change_requests.changes", urgency=1)
WRITE_OWN = NextStep(_l("Weiter mit Ihren Kriterien"), urgency=3)
OWN_DONE = NextStep(_l("Ihre Kriterien sind fertig"))
READ = NextStep(_l("Wird noch ausgefüllt"))
WAIT = {
    State.SIGNING: NextStep(_l("Wartet auf die Bestätigung der Geschäftsführung")),
    State.SUBMITTED: NextStep(_l("Liegt beim Cluster zur Prüfung")),
    State.APPROVED: NextStep(_l("Geprüft und freigegeben")),
    State.FINISHED: NextStep(_l("Fertig zum Weitergeben")),
}


def next_step(state: State, role: Role, *, done: int, total: int, has_cluster: bool = False) -> NextStep:
    """The next step for somebody with this role; `done` of `total` of their criteria are finished.

    `has_cluster`: whether the company can submit to a cluster.
    """
    if state not in EDITABLE_STATES:
        return WAIT[state]
    if role is Role.VIEWER:
        return READ
    if state is State.CHANGES_REQUESTED:
        # The contributor's overview shows whether their criteria are concerned.
        return LOOK if role is Role.CONTRIBUTOR else CHANGE
    is_done = done == total
    if role is Role.CONTRIBUTOR:
        return OWN_DONE if is_done else WRITE_OWN
    if not is_done:
        return WRITE
    return HAND_IN if has_cluster else CHECK


def step_with_remarks(step: NextStep, count: int) -> NextStep:
    """The step while changes are requested: `count` remarks wait for an answer of this person."""
    if count:
        words = ngettext("Eine Anmerkung beantworten", "%(num)d Anmerkungen beantworten", count)
        return replace(CHANGE, text=words)
    return SUBMIT_AGAIN if step is CHANGE else step


def count_done(
    progress: Mapping[str, SectionProgress], criteria: Iterable[str], sections: frozenset[str] | None
) -> tuple[int, int]:
    """Count (finished, all) criteria; for a contributor their own `sections`."""
    concerned = [ref for ref in (criteria if sections is None else progress) if _is_own(ref, sections)]
    return sum(progress.get(ref) in FINISHED_PROGRESS for ref in concerned), len(concerned)


def _is_own(ref: str, sections: frozenset[str] | None) -> bool:
    return sections is None or ref in sections
