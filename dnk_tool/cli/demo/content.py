"""What the demo's clusters and members say, count and plan: `data/*.yaml`, whose keys are these fields.

When it happens, and who does it, is told by the scenarios.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from functools import cache

from pydantic import BaseModel, ConfigDict, TypeAdapter

from dnk_tool.catalogue.yaml_reader import parse_yaml
from dnk_tool.domain.answers.goals import GoalReview
from dnk_tool.domain.answers.self_assessment import Measure, Rating
from dnk_tool.domain.exchange.awards import AwardCriterion, NominationContent
from dnk_tool.domain.exchange.polls import PollQuestion
from dnk_tool.domain.exchange.residues import ResidueNotice
from dnk_tool.domain.exchange.working_groups import WorkingGroupContent
from dnk_tool.domain.figures.calculators import Basis
from dnk_tool.domain.measures.climate_goal import Neutrality, Scope2Method
from dnk_tool.domain.review import Audience
from dnk_tool.paths import SAMPLES
from dnk_tool.services.review.remark_templates import RemarkTemplate


class _Part(BaseModel):
    """A mapping in a file: unknown keys, missing ones, and values of another type are faults."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Person(_Part):
    email: str
    name: str


class DemoSignIn(_Part):
    email: str
    who: str
    what: str


class DemoPoll(_Part):
    question: PollQuestion
    before: tuple[int, ...]
    after: tuple[int, ...]


class ChangeRequest(_Part):
    asked: str
    aspect: str = ""
    answered: str = ""
    added: str = ""


class ReusableRemark(_Part):
    uses: int
    remark: RemarkTemplate


class ReviewTexts(_Part):
    changes: Mapping[str, ChangeRequest]
    letter: str
    withdrawn_because: str
    kept_out_because: str
    reusable: tuple[ReusableRemark, ...]


class DemoRemark(_Part):
    section: str
    to: Audience
    text: str


class Addition(_Part):
    aspect: str
    text: str


class DemoBill(_Part):
    """A line of a calculator; `fields` are the further ones, as "53400 kWh"."""

    activity: str
    label: str
    amount: Decimal | None = None
    unit: str = ""
    calculator: str = "energy"
    code: str = ""
    basis: Basis = Basis.BILL
    note: str = ""
    fields: Mapping[str, str] = {}


class BillFile(_Part):
    name: str
    title: str
    supplier: str
    heading: str
    pages: tuple[Mapping[str, str], ...]
    proves: tuple[int, ...] = ()


class BakeryContent(_Part):
    no_biogenic: str
    why_more: str
    bills: tuple[DemoBill, ...]
    files: tuple[BillFile, ...]
    contract: BillFile
    contract_of: str


class CareContent(_Part):
    taken_over: tuple[str, ...]
    confirmed: tuple[str, ...]
    goal: str
    review: GoalReview
    refs: tuple[str, ...]
    question: str


class BegunContent(_Part):
    bills: tuple[DemoBill, ...]
    files: tuple[BillFile, ...]
    flow: Mapping[int, Mapping[str, Decimal]]
    ratings: tuple[Rating, ...]
    measures: Mapping[int, Measure]
    waste: tuple[DemoBill, ...]


class DemoNotice(_Part):
    by: str
    notice: ResidueNotice
    in_days: int | None = None


class DemoInquiry(_Part):
    by: str
    notice: str
    message: str
    agreed_by: str = ""


class ClusterContent(_Part):
    name: str
    contact: str
    people: Mapping[str, Person]
    sign_ins: tuple[DemoSignIn, ...]
    deadlines: Mapping[str, int]
    places: tuple[str, ...]
    poll: DemoPoll
    review: ReviewTexts
    remarks: Mapping[str, DemoRemark]
    additions: Mapping[str, Addition]
    bakery: BakeryContent
    care: CareContent
    foreword: Mapping[str, str]
    begun: BegunContent
    notices: tuple[DemoNotice, ...]
    inquiries: tuple[DemoInquiry, ...]


class DemoJointGoal(_Part):
    kwh: Decimal
    t_co2e: Decimal
    years: int


class DemoClimateGoal(_Part):
    base_year: int
    target_year: int
    percent: Decimal
    scope2: Scope2Method
    neutral_year: int
    neutrality: Neutrality


class DemoJuror(Person):
    points: tuple[tuple[int | None, ...] | None, ...]


class DemoAward(_Part):
    name: str
    criteria: tuple[AwardCriterion, ...]
    winners: Mapping[str, NominationContent]
    own_words: NominationContent
    jurors: tuple[DemoJuror, ...]


class Meeting(_Part):
    in_days: int
    time: str
    place: str


class DemoGroup(_Part):
    content: WorkingGroupContent
    dates: tuple[Meeting, ...]
    members: tuple[str, ...]


class NetworkContent(_Part):
    name: str
    contact: str
    manager: Person
    shown_firm: str
    owner: str
    left: str
    approved: tuple[str, ...]
    published: str
    waiting: str
    begun: str
    joint_goal: DemoJointGoal
    climate_goal: DemoClimateGoal
    award: DemoAward
    groups: tuple[DemoGroup, ...]
    notices: tuple[DemoNotice, ...]
    crossing: tuple[str, ...]
    inquiry: DemoInquiry


@cache
def cluster_content() -> ClusterContent:
    """What there is in the cluster of twelve members."""
    return ClusterContent.model_validate_json(_as_json("cluster.yaml"))


@cache
def network_content() -> NetworkContent:
    """What there is in the climate network."""
    return NetworkContent.model_validate_json(_as_json("network.yaml"))


@cache
def bills_of(company: str) -> Mapping[int, tuple[DemoBill, ...]]:
    """The bills of a company, by its key and year; none for most."""
    return _BILLS.validate_json(_as_json("bills.yaml")).get(company, {})


_BILLS = TypeAdapter(dict[str, dict[int, tuple[DemoBill, ...]]])


def _as_json(file: str) -> str:
    """The file as JSON, in which Pydantic takes texts for numbers and enums even if it is strict."""
    return json.dumps(parse_yaml((SAMPLES / file).read_bytes()))
