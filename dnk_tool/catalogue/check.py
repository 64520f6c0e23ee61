"""Checks an edition for its maintainer: faults of the files, and parts that no source confirms yet."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dnk_tool.catalogue.aggregation_faults import aggregation_faults
from dnk_tool.catalogue.calculators.loader import build_calculators
from dnk_tool.catalogue.calculators.model import Calculator
from dnk_tool.catalogue.calculators.rule_changes import build_rule_changes
from dnk_tool.catalogue.drafts.facts import build_facts
from dnk_tool.catalogue.drafts.sentences import build_sentences, datapoint_of
from dnk_tool.catalogue.drafts.templates import places
from dnk_tool.catalogue.drafts.voices import build_voices
from dnk_tool.catalogue.factors.loader import build_factors
from dnk_tool.catalogue.factors.model import Factors
from dnk_tool.catalogue.help_topics import build_help
from dnk_tool.catalogue.measure_kinds import FILE as MEASURE_KINDS_FILE
from dnk_tool.catalogue.measure_kinds import Carrier, build_measure_kinds
from dnk_tool.catalogue.plausibility.loader import build_plausibility, compared_table_columns
from dnk_tool.catalogue.poll_questions import build_poll_questions
from dnk_tool.catalogue.presentation.loader import build_presentation
from dnk_tool.catalogue.printed_labels import edition_label_faults, shared_label_faults
from dnk_tool.catalogue.problems import Problem
from dnk_tool.catalogue.remark_templates import build_supplied_remarks
from dnk_tool.catalogue.residue_pairs import build_residue_pairs
from dnk_tool.catalogue.sectors import build_sectors
from dnk_tool.catalogue.self_checks import build_self_checks
from dnk_tool.catalogue.standard.loader import build_catalogue, editions
from dnk_tool.catalogue.standard.model import Catalogue, Indicator
from dnk_tool.catalogue.standard.rules import edition_faults
from dnk_tool.catalogue.standard.source_files import EditionSourceFiles
from dnk_tool.catalogue.values import Verification
from dnk_tool.catalogue.waste_codes import build_waste_codes

# Kilowatt-hours that need no energy content: of electricity and heat, and by net calorific value.
ENERGY_UNITS = frozenset({"kWh", "MWh", "kWh-hi", "MWh-hi"})


@dataclass(frozen=True, slots=True)
class UnverifiedPart:
    """A part of the catalogue that no public source fully confirms."""

    kind: str
    ref: str
    verified: Verification


@dataclass(frozen=True, slots=True)
class CatalogueCheck:
    """The faults of an edition, and its parts that no public source confirms yet."""

    catalogue: Catalogue
    problems: tuple[Problem, ...]
    unverified: tuple[UnverifiedPart, ...]


def check_edition(folder: Path, edition: str) -> CatalogueCheck:
    """Find every fault of the edition's files, and every part that is not fully confirmed; raises nothing."""
    catalogue, problems = build_catalogue(folder, edition)
    where = EditionSourceFiles(folder, edition)
    faults = {*problems, *edition_faults(catalogue, where), *edition_label_faults(catalogue, where)}
    faults |= set(build_presentation(folder, edition, catalogue)[1])
    marks = (mark for mark in _verification_levels(catalogue) if mark.verified is not Verification.CONFIRMED)
    return CatalogueCheck(catalogue, tuple(sorted(faults)), tuple(marks))


def check_shared_data(folder: Path) -> tuple[Problem, ...]:
    """The faults of the data that all editions share, and datapoints that nothing uses; nothing is raised.

    Shared are sectors, waste codes, pairs of residues, help, factors, calculators, changes of their rules,
    quick checks, plausibility rules, what drafts are made of, remarks of reviewers, kinds of measures,
    questions of polls, and rules of sums over companies.
    """
    factors, of_factors = build_factors(folder)
    calculators, of_calculators = build_calculators(folder)
    problems = [*build_sectors(folder)[1], *build_waste_codes(folder)[1], *of_factors, *of_calculators]
    problems += _slot_problems(folder, calculators.values(), factors)
    problems += [*build_rule_changes(folder)[1], *build_help(folder)[1], *build_poll_questions(folder)[1]]
    problems += build_residue_pairs(folder)[1]
    catalogues = [build_catalogue(folder, edition)[0] for edition in editions(folder)]
    points = {key: point for catalogue in catalogues for key, point in catalogue.datapoints.items()}
    problems += shared_label_faults(folder.name, points.values(), calculators.values())
    used = {key for catalogue in catalogues for key in _used_datapoints(catalogue)}
    used |= {key for calculator in calculators.values() for key in calculator.results}
    used |= {key for key, point in points.items() if point.enters_flow}
    unused = (
        Problem(f"{folder.name}/datapoints.yaml", key, "no edition or calculator knows this datapoint")
        for key in points.keys() - used
    )
    return tuple(
        sorted(
            {
                *problems,
                *unused,
                *_self_check_problems(folder, catalogues),
                *_plausibility_problems(folder, catalogues),
                *_draft_problems(folder, catalogues),
                *_remark_problems(folder, catalogues),
                *_measure_problems(folder, calculators.values(), factors),
                *aggregation_faults(folder, points),
            }
        )
    )


def _slot_problems(folder: Path, calculators: Iterable[Calculator], factors: Factors) -> Iterator[Problem]:
    """Slots of calculators that name a factor which no edition has."""
    for calculator in calculators:
        for activity in calculator.activities:
            for slot in activity.slots:
                for key in set(slot.factors) - set(factors.by_key):
                    place = f"{calculator.key}.{activity.key}.{slot.key}"
                    message = f"names the unknown factor '{key}'"
                    yield Problem(f"{folder.name}/calculators.yaml", place, message)


def _self_check_problems(folder: Path, catalogues: Iterable[Catalogue]) -> Iterator[Problem]:
    """The faults of the quick checks, and questions whose criterion no edition has."""
    checks, problems = build_self_checks(folder)
    yield from problems
    known = {criterion.number for catalogue in catalogues for criterion in catalogue.criteria}
    kinds = build_measure_kinds(folder)[0]
    for check in checks:
        for question in check.questions:
            if question.criterion not in known:
                place = f"{check.key}.{question.key}"
                message = f"names the unknown criterion {question.criterion}"
                yield Problem(f"{folder.name}/self-checks.yaml", place, message)
            if question.measure_kind not in kinds.kinds:
                message = f"names the unknown kind of measure '{question.measure_kind}'"
                yield Problem(f"{folder.name}/self-checks.yaml", place, message)


def _plausibility_problems(folder: Path, catalogues: Iterable[Catalogue]) -> Iterator[Problem]:
    """The faults of the plausibility rules, and table columns they compare but no edition asks for."""
    rules, problems = build_plausibility(folder)
    yield from problems
    columns = {
        f"{item.ref}/{column.key}"
        for catalogue in catalogues
        for item in catalogue.items.values()
        for column in (item.table.columns if item.table else ())
    }
    for name in sorted(compared_table_columns(rules) - columns):
        yield Problem(f"{folder.name}/plausibility.yaml", name, "no edition asks for this column of a table")


def _draft_problems(folder: Path, catalogues: Iterable[Catalogue]) -> Iterator[Problem]:
    """The faults of facts, sentences and voices, and aspects and datapoints in them that no edition has."""
    (facts, of_facts), (sentences, of_sentences) = build_facts(folder), build_sentences(folder)
    voices, of_voices = build_voices(folder, build_sectors(folder)[0])
    yield from (*of_facts, *of_sentences, *of_voices)
    aspects = {ref for catalogue in catalogues for ref in catalogue.requirements}
    points = {key for catalogue in catalogues for key in catalogue.datapoints}
    named = {
        "facts": {fact.aspect for fact in facts},
        "sentences": set(sentences.by_aspect),
        "voices": set(voices.by_aspect),
    }
    for file, refs in named.items():
        for ref in refs - aspects:
            yield Problem(f"{folder.name}/{file}.yaml", ref, "no edition has this aspect")
    for ref, texts in sentences.by_aspect.items():
        for place in (place for text in texts for place in places(text.de)):
            if datapoint_of(place) and datapoint_of(place) not in points:
                yield Problem(f"{folder.name}/sentences.yaml", ref, f"names the unknown datapoint '{place}'")


def _remark_problems(folder: Path, catalogues: Iterable[Catalogue]) -> Iterator[Problem]:
    """The faults of the supplied remarks, and places of theirs that no edition has."""
    remarks, problems = build_supplied_remarks(folder)
    yield from problems
    sections = [section for catalogue in catalogues for section in catalogue.sections]
    places = {(section.ref, one.ref) for section in sections for one in section.all_requirements}
    places |= {("", ""), *((section.ref, "") for section in sections)}
    for remark in remarks:
        if (remark.section, remark.aspect) not in places:
            place = remark.aspect or remark.section
            message = f"'{remark.key}' names a place that no edition has"
            yield Problem(f"{folder.name}/remark-templates.yaml", place, message)


def _measure_problems(folder: Path, calculators: Iterable[Calculator], factors: Factors) -> Iterator[Problem]:
    """The faults of the kinds of measures, and factors and activities of carriers that nothing has."""
    kinds, problems = build_measure_kinds(folder)
    yield from problems
    activities = {activity.key for calculator in calculators for activity in calculator.activities}
    named = {kind.key: kind.activities for kind in kinds.kinds.values()}
    named |= {each.key: (*each.activities, *each.own_factor) for each in kinds.carriers.values()}
    for name, keys in named.items():
        for key in sorted(set(keys) - activities):
            place = f"activities.{name}"
            yield Problem(f"{folder.name}/{MEASURE_KINDS_FILE}", place, f"names the unknown activity '{key}'")
    for carrier in kinds.carriers.values():
        for message in _carrier_faults(carrier, factors):
            yield Problem(f"{folder.name}/{MEASURE_KINDS_FILE}", f"carriers.{carrier.key}", message)


def _carrier_faults(carrier: Carrier, factors: Factors) -> Iterator[str]:
    """What keeps the energy of a carrier from becoming kilowatt-hours and greenhouse gases."""
    for unit in carrier.units:
        yield from (f"names the unknown factor '{key}'" for key in unit.energy if key not in factors.by_key)
        if not unit.energy and unit.unit not in ENERGY_UNITS:
            yield f"states no energy content for '{unit.unit}'"
    found = factors.by_key.get(carrier.factor)
    if not found:
        yield f"names the unknown factor '{carrier.factor}'"
    elif found[0].unit not in ENERGY_UNITS and carrier.unit(found[0].unit) is None:
        yield f"has a factor for each '{found[0].unit}', which is none of its units"


def _used_datapoints(catalogue: Catalogue) -> Iterator[str]:
    """The datapoints that items ask for, and those from which a computed one of them follows."""
    for item in catalogue.items.values():
        if item.datapoint:
            yield item.datapoint.key
            if item.datapoint.computed:
                yield from (*item.datapoint.computed.plus, *item.datapoint.computed.minus)


def _verification_levels(catalogue: Catalogue) -> Iterator[UnverifiedPart]:
    for criterion in catalogue.criteria:
        yield UnverifiedPart("criterion", criterion.ref, criterion.verified)
    for requirement in catalogue.requirements.values():
        levels = [requirement.verified]
        if isinstance(requirement, Indicator):
            levels.append(requirement.fields_verified)
        worst = max(levels, key=list(Verification).index)
        yield UnverifiedPart(type(requirement).__name__.lower(), requirement.ref, worst)
    for option in catalogue.options:
        yield UnverifiedPart("option", option.key, option.verified)
    for point in catalogue.datapoints.values():
        yield UnverifiedPart("datapoint", point.key, point.verified)
