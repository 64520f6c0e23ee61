"""Reads the pages of the wizard: the general information, criteria with their aspects, supplements."""

from collections.abc import Mapping
from types import MappingProxyType

from dnk_tool.catalogue.standard.definitions import SharedDefinitions
from dnk_tool.catalogue.standard.item_model import Item, ItemKind
from dnk_tool.catalogue.standard.items import read_explanations, read_item, read_reasons, read_zeros
from dnk_tool.catalogue.standard.model import Aspect, Criterion, Detail, IndicatorBlock, Need, Reason, Section
from dnk_tool.catalogue.values import NO_TEXT, Text
from dnk_tool.catalogue.yaml_reader import Node

# The places in an option's texts for the CSR-RUG matter of the criterion to which the option is added, each
# with the key of the criterion's words for it: "for {matter}" and "our policy {on_matter}".
MATTER_KEYS = {"{matter}": "csr_rug_matter", "{on_matter}": "csr_rug_matter_on"}


def read_general(node: Node, lists: SharedDefinitions) -> Section:
    """The general information that is asked for; items with a source (`read_derived`) are left out."""
    return Section(
        ref="general",
        title=node.text("title"),
        asks=node.text("asks"),
        why=node.text("why"),
        requirements=tuple(
            _detail(child, lists) for child in node.children("items") if not child.has("source")
        ),
        block=None,
    )


def read_derived(node: Node) -> tuple[tuple[str, Text], ...]:
    """General information that the profile or the declaration already knows: (source, label)."""
    return tuple(
        (item.string("source"), item.text("label")) for item in node.children("items") if item.has("source")
    )


def _detail(node: Node, lists: SharedDefinitions) -> Detail:
    ref = node.string("ref")
    return Detail(
        ref=ref,
        title=node.text("label"),
        hint=node.text("hint", required=False),
        reasons=(),
        items=(read_item(node, ref, lists),),
        verified=node.verification(),
        standing=node.standing("standing"),
        explanations=read_explanations(node),
    )


def read_criterion(
    node: Node, options: Node, lists: SharedDefinitions, blocks: Mapping[int, IndicatorBlock]
) -> Criterion:
    """One criterion file, with the aspects that options add to it and the indicators asked with it."""
    number = node.integer("number")
    own = tuple(_aspect(child, child.string("ref"), lists) for child in node.children("aspects"))
    return Criterion(
        ref=str(number),
        title=node.text("title"),
        asks=node.text("asks"),
        why=node.text("why"),
        requirements=own + _added_aspects(options, node, lists),
        block=blocks.get(number),
        number=number,
        area=node.string("area"),
        csr_rug_matter=node.text("csr_rug_matter", required=False),
        verified=node.verification(),
    )


def _added_aspects(options: Node, criterion: Node, lists: SharedDefinitions) -> tuple[Aspect, ...]:
    """The aspects that options add to a criterion, such as 17.N1 under the NAP."""
    number = criterion.integer("number")
    matter = {place: criterion.text(key, required=False) for place, key in MATTER_KEYS.items()}
    return tuple(
        _aspect(
            child, f"{number}.{child.string('suffix')}", lists, option=option.string("key"), matter=matter
        )
        for option in options.children("options")
        if option.has("criteria") and number in option.integers("criteria")
        for child in option.children("aspects")
    )


def read_supplement(node: Node, lists: SharedDefinitions) -> Section:
    """An option that is a section of its own, such as the EU taxonomy."""
    return Section(
        ref=node.string("section"),
        title=node.text("title"),
        asks=node.text("asks"),
        why=node.text("why"),
        requirements=tuple(_aspect(child, child.string("ref"), lists) for child in node.children("aspects")),
        block=None,
    )


def _aspect(
    node: Node,
    ref: str,
    lists: SharedDefinitions,
    *,
    option: str | None = None,
    matter: Mapping[str, Text] = MappingProxyType({}),
) -> Aspect:
    title = _with_matter(node.text("name"), matter)
    return Aspect(
        ref=ref,
        title=title,
        hint=_with_matter(node.text("hint"), matter),
        reasons=tuple(
            Reason(reason.key, reason.label, _with_matter(reason.text, matter))
            for reason in read_reasons(node, lists)
        ),
        items=_aspect_items(node, ref, title, lists),
        verified=node.verification(),
        belongs=tuple(_with_matter(text, matter) for text in node.texts("belongs")),
        example=_with_matter(node.text("example"), matter),
        where=node.texts("where"),
        option=option or node.string("when", "") or None,
        csr_rug=node.flag("csr_rug"),
        basis=node.string("basis", ""),
        holds_goals=node.flag("goal"),
        first_time=node.string("first_time", ""),
        takes=node.enum("takes", Need) if node.has("takes") else Need.COLLEAGUE,
        zeros=read_zeros(node),
        explanations=read_explanations(node),
        picture=node.string("picture", ""),
    )


def _aspect_items(node: Node, ref: str, title: Text, lists: SharedDefinitions) -> tuple[Item, ...]:
    """The text of an aspect and, where it has one, its table; with a table the text may stay empty."""
    text = Item(ref, ItemKind.TEXT, title, NO_TEXT, required=not node.has("table"))
    table = node.lookup("table", lists.tables, "table") if node.has("table") else None
    if table is None:
        return (text,)
    return text, Item(f"{ref}.{table.key}", ItemKind.TABLE, table.label, NO_TEXT, required=False, table=table)


def _with_matter(text: Text, matter: Mapping[str, Text]) -> Text:
    """The text with the words for the matter of its criterion in place."""
    for place, words in matter.items():
        if words != NO_TEXT:
            text = Text(text.de.replace(place, words.de), text.en.replace(place, words.en))
    return text
