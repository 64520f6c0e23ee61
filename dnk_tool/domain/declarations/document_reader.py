"""Reads a `dnk-declaration` file: the result is a valid document, or every problem with its path."""

from collections.abc import Collection, Iterator

from dnk_tool.catalogue.standard.item_model import Item, ItemKind
from dnk_tool.catalogue.standard.loader import editions, load_catalogue
from dnk_tool.catalogue.standard.selection import Selection, selection_for
from dnk_tool.domain.answers import encoding
from dnk_tool.domain.answers.answer import Answer, Figure
from dnk_tool.domain.answers.self_assessment import Assessment, Effect, Measure
from dnk_tool.domain.answers.values import Value
from dnk_tool.domain.declarations.climate_path import DeclaredPath
from dnk_tool.domain.declarations.document import Document, later_columns
from dnk_tool.domain.declarations.document_parser import (
    MAX_BYTES,
    MAX_PROBLEMS,
    DocumentError,
    DocumentProblem,
    parse_document,
)
from dnk_tool.domain.declarations.document_schema import (
    AnswerShape,
    DocumentShape,
    EffectMeasureShape,
    FigureShape,
    MarkedAnswerShape,
    MeasureShape,
    OrganisationShape,
    SecondVersionShape,
)
from dnk_tool.domain.declarations.material_flow import DeclaredFlow
from dnk_tool.domain.organisation import Profile, Site

__all__ = ["MAX_BYTES", "MAX_PROBLEMS", "DocumentError", "DocumentProblem", "read_document"]


def read_document(content: bytes) -> Document:
    """The declaration in the file. Raises DocumentError with every problem found.

    There are three rounds, each of which needs the one before: the shape; edition, indicator set and options;
    then everything that these ask for.
    """
    shape = parse_document(content)
    problems = list(_frame_problems(shape))
    if problems:
        raise DocumentError(problems)
    selection = selection_for(shape.edition, shape.indicator_set, frozenset(shape.options))
    answers = {
        ref: _answer(selection, ref, answer_shape, problems) for ref, answer_shape in shape.answers.items()
    }
    problems += _version_problems(selection, shape)
    figures = _figures(selection, shape, problems)
    problems += _list_problems("done", shape.done, selection.section_by_ref, "unknown-ref")
    assessments = _assessments(selection, shape, problems)
    organisation = _profile(selection, shape.organisation, problems)
    if problems:
        raise DocumentError(problems)
    return Document(
        edition=shape.edition,
        reporting_year=shape.reporting_year,
        indicator_set=shape.indicator_set,
        language=shape.language,
        options=selection.options,
        organisation=organisation,
        answers={ref: answer for ref, answer in answers.items() if not answer.is_empty},
        figures=figures,
        done=frozenset(shape.done),
        assessments=assessments,
        annex=shape.annex,
        gwp_set=(shape.gwp_set or "") if isinstance(shape, SecondVersionShape) else "",
        climate_path=_climate_path(shape),
        material_flow=_material_flow(shape),
        names_schema=not isinstance(shape, SecondVersionShape) or shape.schema_id is not None,
    )


def _climate_path(shape: DocumentShape) -> DeclaredPath | None:
    """The path that a file of the second version may have."""
    path = shape.climate_path if isinstance(shape, SecondVersionShape) else None
    return path.read() if path is not None else None


def _material_flow(shape: DocumentShape) -> DeclaredFlow | None:
    """The flow of material that a file of the second version may have."""
    flow = shape.material_flow if isinstance(shape, SecondVersionShape) else None
    return flow.read() if flow is not None else None


def _version_problems(selection: Selection, shape: DocumentShape) -> Iterator[DocumentProblem]:
    """The answers to items, and cells in columns, that the file's version of the format does not know."""
    for ref, answer in shape.answers.items():
        later = later_columns(selection.items[ref], shape.version) if ref in selection.items else frozenset()
        if ref in selection.items and selection.items[ref].since > shape.version:
            yield DocumentProblem(f"answers.{ref}", "unknown-ref", ref)
        for index, row in enumerate(answer.value if later and isinstance(answer.value, list) else ()):
            for key in sorted(later & row.keys()) if isinstance(row, dict) else ():
                yield DocumentProblem(f"answers.{ref}.value[{index}].{key}", "unknown-column")


def _frame_problems(shape: DocumentShape) -> Iterator[DocumentProblem]:
    """Edition, indicator set and options must exist before anything else can be judged."""
    if shape.edition not in editions():
        yield DocumentProblem("edition", "unknown-edition", shape.edition)
        return
    catalogue = load_catalogue(shape.edition)
    if shape.indicator_set not in {indicator_set.key for indicator_set in catalogue.indicator_sets}:
        yield DocumentProblem("indicator_set", "unknown-indicator-set", shape.indicator_set)
    yield from _list_problems(
        "options", shape.options, {option.key for option in catalogue.options}, "unknown-option"
    )


def _list_problems(
    path: str, given: list[str], known: Collection[str], code: str
) -> Iterator[DocumentProblem]:
    """The unknown and the repeated entries in a list of keys."""
    for index, key in enumerate(given):
        if key not in known:
            yield DocumentProblem(f"{path}[{index}]", code, key)
        elif key in given[:index]:
            yield DocumentProblem(f"{path}[{index}]", "double-entry", key)


def _answer(selection: Selection, ref: str, shape: AnswerShape, problems: list[DocumentProblem]) -> Answer:
    path = f"answers.{ref}"
    item, requirement = selection.items.get(ref), selection.requirements.get(ref)
    if item is None and requirement is None:
        problems.append(DocumentProblem(path, "unknown-ref", ref))
        return Answer()
    if item and item.datapoint:
        problems.append(DocumentProblem(path, "figure-as-answer", item.datapoint.key))
    if not (requirement and requirement.is_explainable):
        for name in ("disclosure", "explanation", "reason"):
            if getattr(shape, name):
                problems.append(DocumentProblem(f"{path}.{name}", "not-explainable"))
    if shape.text and not (item and item.kind is ItemKind.TEXT):
        problems.append(DocumentProblem(f"{path}.text", "no-text-here"))
    if item and item.longest and len(shape.text) > item.longest:
        problems.append(DocumentProblem(f"{path}.text", "too-long", str(item.longest)))
    if shape.reason and shape.reason not in {c.key for c in selection.catalogue.reasons}:
        problems.append(DocumentProblem(f"{path}.reason", "not-allowed", shape.reason))
    value = _value(item, shape.value, path, problems)
    is_marked_up = isinstance(shape, MarkedAnswerShape) and shape.markup
    return Answer(shape.disclosure, shape.text, shape.explanation, shape.reason, value, is_marked_up)


def _value(item: Item | None, data: object, path: str, problems: list[DocumentProblem]) -> Value | None:
    if data is None:
        return None
    if item is None or item.kind in (ItemKind.TEXT, ItemKind.QUANTITY):
        problems.append(DocumentProblem(f"{path}.value", "no-value-here"))
        return None
    try:
        return encoding.value_from_json(item, data)
    except encoding.InvalidValue as error:
        problems += _value_problems(f"{path}.value", error.faults)
        return None


def _value_problems(path: str, faults: list[encoding.ValueFault]) -> Iterator[DocumentProblem]:
    return (DocumentProblem(path + fault.path, fault.code, fault.detail) for fault in faults)


def _figures(
    selection: Selection, shape: DocumentShape, problems: list[DocumentProblem]
) -> dict[tuple[int, str], Figure]:
    figures: dict[tuple[int, str], Figure] = {}
    for index, figure_shape in enumerate(shape.figures):
        path = f"figures[{index}]"
        if figure_shape.datapoint not in selection.datapoints:
            problems.append(DocumentProblem(f"{path}.datapoint", "unknown-datapoint", figure_shape.datapoint))
            continue
        if (figure_shape.year, figure_shape.datapoint) in figures:
            problems.append(
                DocumentProblem(path, "double-figure", f"{figure_shape.datapoint} {figure_shape.year}")
            )
        if figure_shape.year > shape.reporting_year:
            problems.append(DocumentProblem(f"{path}.year", "later-than-report", str(shape.reporting_year)))
        figures[figure_shape.year, figure_shape.datapoint] = _figure(selection, figure_shape, path, problems)
    return {key: figure for key, figure in figures.items() if not figure.is_empty}


def _figure(selection: Selection, shape: FigureShape, path: str, problems: list[DocumentProblem]) -> Figure:
    family = selection.catalogue.datapoints[shape.datapoint].family
    if shape.value is None:
        if shape.unit:
            problems.append(DocumentProblem(f"{path}.value", "missing"))
        return Figure(quality=shape.quality, note=shape.note, source=shape.source)
    if shape.unit not in family.units:
        allowed = ", ".join(family.units)
        problems.append(DocumentProblem(f"{path}.unit", "unknown-unit", f"{shape.unit} ({allowed})"))
    faults: list[encoding.ValueFault] = []
    value = encoding.decimal_from_json(shape.value, ".value", faults)
    problems += _value_problems(path, faults)
    figure = Figure(value, shape.unit, shape.quality, shape.note, source=shape.source, origin=shape.origin)
    if figure.is_contradictory:
        problems.append(DocumentProblem(f"{path}.quality", "value-not-available"))
    return figure


def _assessments(
    selection: Selection, shape: DocumentShape, problems: list[DocumentProblem]
) -> dict[int, Assessment] | None:
    if shape.self_assessment is None:
        return None
    numbers = {criterion.ref for criterion in selection.criteria}
    assessments = {}
    for ref, assessment_shape in shape.self_assessment.items():
        if ref not in numbers:
            problems.append(DocumentProblem(f"self_assessment.{ref}", "unknown-ref", ref))
            continue
        measures = tuple(
            _measure(selection, measure, f"self_assessment.{ref}.measures[{index}]", problems)
            for index, measure in enumerate(assessment_shape.measures)
        )
        assessments[int(ref)] = Assessment(assessment_shape.rating, measures)
    return assessments


def _measure(
    selection: Selection, shape: MeasureShape, path: str, problems: list[DocumentProblem]
) -> Measure:
    effect = None
    if isinstance(shape, EffectMeasureShape) and shape.effect:
        point = selection.catalogue.datapoints.get(shape.effect.datapoint)
        if point is None:
            problems.append(
                DocumentProblem(f"{path}.effect.datapoint", "unknown-datapoint", shape.effect.datapoint)
            )
        faults: list[encoding.ValueFault] = []
        said = {"value": shape.effect.value, "unit": shape.effect.unit}
        units = point.family.units.keys() if point else (shape.effect.unit,)
        effect = Effect(shape.effect.datapoint, encoding.quantity_from_json(said, units, ".effect", faults))
        problems += _value_problems(path, faults)
    return Measure(shape.text, shape.owner, shape.due, effect)


def _profile(selection: Selection, shape: OrganisationShape, problems: list[DocumentProblem]) -> Profile:
    turnover = None
    if shape.turnover:
        faults: list[encoding.ValueFault] = []
        units = selection.catalogue.families["money"].units.keys()
        turnover = encoding.quantity_from_json(shape.turnover.model_dump(), units, ".turnover", faults)
        problems += _value_problems("organisation", faults)
    return Profile(
        name=shape.name,
        legal_form=shape.legal_form,
        sector=shape.sector,
        employees=shape.employees,
        turnover=turnover,
        address=shape.address,
        website=shape.website,
        sites=tuple(Site(site.name, site.address) for site in shape.sites),
    )
