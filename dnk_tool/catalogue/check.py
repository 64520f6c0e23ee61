"""Checks an edition for its maintainer: faults of the files, and parts that no source confirms yet.

The faults of the figures of a release: what their datapoints do not allow, or what could be set off.
The rule for labels in print: they name, and neither ask, give examples nor address the reader.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dnk_tool.catalogue.aggregation_rules import RATE_SCALES, ReleaseFigure, build_aggregation_rules
from dnk_tool.catalogue.calculators.loader import build_calculators
from dnk_tool.catalogue.calculators.model import Calculator
from dnk_tool.catalogue.calculators.rule_changes import build_rule_changes
from dnk_tool.catalogue.claims import build_claims
from dnk_tool.catalogue.drafts.facts import build_facts
from dnk_tool.catalogue.drafts.sentences import build_sentences
from dnk_tool.catalogue.drafts.voices import build_voices
from dnk_tool.catalogue.factors.loader import build_factors
from dnk_tool.catalogue.factors.model import Factors
from dnk_tool.catalogue.help_topics import build_help
from dnk_tool.catalogue.laws import FILE as LAW_FILE
from dnk_tool.catalogue.laws import build_laws
from dnk_tool.catalogue.measure_kinds import FILE as MEASURE_KINDS_FILE
from dnk_tool.catalogue.measure_kinds import Carrier, build_measure_kinds
from dnk_tool.catalogue.plausibility.loader import (
    build_plausibility,
    compared_choices,
    compared_table_columns,
)
from dnk_tool.catalogue.poll_questions import build_poll_questions
from dnk_tool.catalogue.presentation import build_presentation
from dnk_tool.catalogue.problems import Problem, duplicates
from dnk_tool.catalogue.remark_templates import build_supplied_remarks
from dnk_tool.catalogue.residue_pairs import build_residue_pairs
from dnk_tool.catalogue.sectors import build_sectors
from dnk_tool.catalogue.self_checks import build_self_checks
from dnk_tool.catalogue.standard.item_model import Aggregate, Datapoint, Item
from dnk_tool.catalogue.standard.loader import build_catalogue, editions
from dnk_tool.catalogue.standard.model import Catalogue, Indicator
from dnk_tool.catalogue.standard.rules import edition_faults
from dnk_tool.catalogue.standard.source_files import EditionSourceFiles
from dnk_tool.catalogue.values import PrintedLabel, Verification
from dnk_tool.catalogue.waste_codes import build_waste_codes

# Kilowatt-hours that need no energy content: of electricity and heat, and by net calorific value.
ENERGY_UNITS = frozenset({"kWh", "MWh", "kWh-hi", "MWh-hi"})


_GERMAN = re.compile(
    r"\?|[Zz]um Beispiel|z\.\s?B\.|\bSie\b|\bIhnen\b|\bIhr(?:e[mnrs]?)?\b|\b(?:wir|uns|unsere[mnrs]?)\b"
)
_ENGLISH = re.compile(
    r"\?|\b(?:for example|such as|e\.g\.|you|yours?|yourself|we|us|our)(?!\w)", re.IGNORECASE
)


def edition_label_faults(catalogue: Catalogue, where: EditionSourceFiles) -> Iterator[Problem]:
    """The printed labels of an edition's fields, columns, choices and reasons that break the rule."""
    for reason in catalogue.reasons:
        yield from _faults(reason, where.catalogue, f"explanation_reasons.{reason.key}")
    for section in catalogue.sections:
        for requirement in section.all_requirements:
            file = where.requirement_file(section, requirement)
            for item in requirement.items:
                yield from _faults(item, file, item.ref)
                yield from _part_faults(item, where.catalogue)


def _part_faults(item: Item, file: str) -> Iterator[Problem]:
    for choice in item.choices:
        yield from _faults(choice, file, f"{item.ref}: {choice.key}")
    if item.table is None:
        return
    for column in item.table.columns:
        place = f"tables.{item.table.key}.{column.key}"
        yield from _faults(column, file, place)
        for choice in column.choices:
            yield from _faults(choice, file, f"{place}: {choice.key}")


def shared_label_faults(
    folder: str, datapoints: Iterable[Datapoint], calculators: Iterable[Calculator]
) -> Iterator[Problem]:
    """The printed labels of figures and kinds of calculator lines that break the rule."""
    for point in datapoints:
        yield from _faults(point, f"{folder}/datapoints.yaml", point.key)
    for calculator in calculators:
        for activity in calculator.activities:
            place = f"{calculator.key}.{activity.key}"
            yield from _faults(activity, f"{folder}/calculators.yaml", place)


def _faults(part: PrintedLabel, file: str, place: str) -> Iterator[Problem]:
    for text, pattern in ((part.printed.de, _GERMAN), (part.printed.en, _ENGLISH)):
        if unfit := pattern.search(text):
            yield Problem(
                file, place, f"prints '{text}', with '{unfit[0]}'; a label under 'print' must name it"
            )


def aggregation_faults(folder: Path, points: Mapping[str, Datapoint]) -> Iterator[Problem]:
    """The faults of the rules of sums, and figures of a release that datapoints do not allow."""
    rules, problems = build_aggregation_rules(folder)
    yield from problems
    file, known = f"{folder.name}/aggregation-rules.yaml", []
    for figure in rules.figures:
        message = _release_fault(figure, points)
        if message:
            yield Problem(file, figure.key, message)
        else:
            known.append(figure)
    # Two rates over different companies could be set off; those of a division are over the same ones.
    pooled = [_rated_parts(rate, points) for rate in known if rate.is_rate and not rate.division]
    for key in sorted(duplicates(part for parts in pooled for part in parts)):
        yield Problem(file, key, "stands in more than one rate")
    for name in sorted({figure.division for figure in known if figure.division}):
        yield from (Problem(file, name, message) for message in _division_faults(name, known, points))


def _release_fault(figure: ReleaseFigure, points: Mapping[str, Datapoint]) -> str:
    """What keeps a figure from being in a release; "" if nothing does."""
    kinds = {points[key].aggregate for key in figure.parts if key in points}
    if unknown := set(figure.parts) - points.keys():
        return f"names the unknown datapoint '{min(unknown)}'"
    if (figure.is_summed and kinds != {Aggregate.SUM}) or (figure.is_rate and kinds != {Aggregate.POOLED}):
        return "is not what its datapoint says of adding members up"
    if figure.is_rate and points[figure.key].family.key not in RATE_SCALES:
        return "is a rate of a family that rates of a release do not know"
    if figure.is_rate and not figure.division and not _is_plain_rate(points[figure.key]):
        return "is a rate of several figures, which could be set off against their sums"
    return ""


def _division_faults(
    name: str, figures: Sequence[ReleaseFigure], points: Mapping[str, Datapoint]
) -> Iterator[str]:
    """What keeps shares of one whole from being safe: other wholes, a part twice, other numbers of it."""
    pooled = [points[each.key].pooled for each in figures if each.division == name]
    rates = [rate for rate in pooled if rate]
    if len(rates) < len(pooled) or len({frozenset(rate.denominator) for rate in rates}) > 1:
        yield "is a division whose rates are no shares of one whole"
    parts = [key for rate in rates for key in rate.numerator]
    if duplicates(parts):
        yield "is a division that counts a part twice"
    divided = {*parts, *(key for rate in rates for key in rate.denominator)}
    if len({points[key].family.key for key in divided if key in points}) > 1:
        yield "is a division of figures that are measured differently"
    others = [each for each in figures if each.division != name]
    used = {key for each in others for key in (*each.parts, *_rated_parts(each, points))}
    if both := divided & used:
        yield f"is a division whose part '{min(both)}' stands in another number"


def _rated_parts(figure: ReleaseFigure, points: Mapping[str, Datapoint]) -> tuple[str, ...]:
    """The datapoints that a rate divides; none for another figure."""
    pooled = points[figure.key].pooled if figure.is_rate else None
    return (*pooled.numerator, *pooled.denominator) if pooled else ()


def _is_plain_rate(point: Datapoint) -> bool:
    """Whether it is one figure divided by another."""
    return point.pooled is not None and len(point.pooled.numerator) == len(point.pooled.denominator) == 1


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

    Shared are sectors, waste codes, pairs of residues, claims, help, factors, calculators, changes of their
    rules, quick checks, plausibility rules, what drafts are made of, remarks of reviewers, kinds of measures,
    questions of polls, rules of sums over companies, and laws.
    """
    factors, of_factors = build_factors(folder)
    calculators, of_calculators = build_calculators(folder)
    problems = [*build_sectors(folder)[1], *build_waste_codes(folder)[1], *of_factors, *of_calculators]
    problems += _slot_problems(folder, calculators.values(), factors)
    problems += [*build_rule_changes(folder)[1], *build_help(folder)[1], *build_poll_questions(folder)[1]]
    problems += [*build_residue_pairs(folder)[1], *build_claims(folder)[1]]
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
                *_law_problems(folder, catalogues, calculators.values()),
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
    """The faults of the plausibility rules, and what they compare but no edition asks for."""
    rules, problems = build_plausibility(folder)
    yield from problems
    items = [item for catalogue in catalogues for item in catalogue.items.values()]
    columns = {
        f"{item.ref}/{column.key}" for item in items for column in (item.table.columns if item.table else ())
    }
    choices = {f"{item.ref}/{choice.key}" for item in items for choice in item.choices}
    for name in sorted(compared_table_columns(rules) - columns):
        yield Problem(f"{folder.name}/plausibility.yaml", name, "no edition asks for this column of a table")
    for name in sorted(compared_choices(rules) - choices):
        yield Problem(f"{folder.name}/plausibility.yaml", name, "no edition has this choice")


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
    keys_by_place = {ref: set(sentences.named_datapoints(ref)) for ref in sentences.by_aspect}
    keys_by_place |= {"words": set(sentences.words), "carriers": set(sentences.carriers.by_figure)}
    for place, keys in keys_by_place.items():
        for key in sorted(keys - points):
            yield Problem(f"{folder.name}/sentences.yaml", place, f"names the unknown datapoint '{key}'")


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


def _law_problems(
    folder: Path, catalogues: Iterable[Catalogue], calculators: Iterable[Calculator]
) -> Iterator[Problem]:
    """The faults of the laws, and places where they are to be shown that nothing has; pages are templates."""
    laws, problems = build_laws(folder)
    yield from problems
    known = {f"lines/{each.key}/{activity.key}" for each in calculators for activity in each.activities}
    for catalogue in catalogues:
        known |= {f"criteria/{criterion.number}" for criterion in catalogue.criteria}
        known |= {f"points/{ref}" for ref in catalogue.requirements}
    for law in laws.values():
        for place in law.places:
            if place not in known and not place.startswith("pages/"):
                yield Problem(f"{folder.name}/{LAW_FILE}", law.key, f"names the unknown place '{place}'")


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
