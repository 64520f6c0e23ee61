"""Texts of somebody who means no good, or who pastes from anywhere; and a declaration full of them.

Where a declaration takes free text is read off the schema of its file and the catalogue: a field that is new
is planted by itself, and `planted` refuses to go on if a sample of it is missing.
"""

import copy
import json
import re
import types
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from decimal import Decimal
from typing import Annotated, Any, Union, get_args, get_origin

from annotated_types import MaxLen
from pydantic.fields import FieldInfo

from dnk_tool.catalogue.standard.item_model import ItemKind
from dnk_tool.domain.declarations.annex import (
    Annex,
    AnnexLine,
    AnnexStep,
    CoveredSites,
    EnteredValue,
    FigureExplanation,
    FurtherFigure,
    ListedEvidence,
    ReviewedGoal,
    UsedFactor,
)
from dnk_tool.domain.declarations.document import Document, document_to_json
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.declarations.document_schema import FirstVersionShape
from dnk_tool.domain.quantities import Quantity
from dnk_tool.domain.schema_types import Normalised, Ref, Shape
from dnk_tool.report.text.glyphs import printable
from tests.support.documents import full_document

DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")

HOSTILE_TEXTS: Mapping[str, str] = {
    "script": "<script>alert(1)</script>",
    "end of everything": "</td></tr></table></section></title></style></script></body></html><h1>Neu</h1>",
    "handler": "<img src=x onerror=alert(1)> <svg/onload=alert(1)> <b onmouseover='alert(1)'>fett</b>",
    "attribute": '"><b x="\' onfocus=alert(1) autofocus y=`',
    "javascript link": "javascript:alert(1) [k](javascript:alert(1)) <a href='javascript:alert(1)'>da</a>",
    "data link": "data:text/html;base64,PHNjcmlwdD4= vbscript:x file:///etc/passwd",
    "attachment": '<link rel=attachment href="file:///etc/passwd"><link rel=stylesheet href="//x.example/a">',
    "frames": '<iframe src="file:///etc/hosts"></iframe><object data="http://127.0.0.1:9/c"></object>',
    "svg": '<svg xmlns="http://www.w3.org/2000/svg"><image href="http://127.0.0.1:9/d"/><text>Bild</text>',
    "style": '</style><style>@import url("http://127.0.0.1:9/e.css"); body { display: none }</style>',
    "css": "url(http://127.0.0.1:9/f) @font-face { src: url(x) } \\66 ile: expression(1); content: attr(x)",
    "template": "{{7*7}} {% for x in (1,) %}{{ x }}{% endfor %} {# weg #} ${7*7} #{7*7} <%= 7*7 %>",
    "placeholders": "%(count)s %s %n {} {0} {company} {unternehmen} $HOME `id` $(id)",
    "markdown": "# Titel\n\n![b](http://127.0.0.1:9/m)\n\n> Zitat\n> > tiefer\n\n```\ncode\n```\n\n| a | b |",
    "lists": "- \n- \n-\n\n\n\n•\n• Punkt\n  weiter\n* Stern\n– Strich\n-kein Punkt",
    "formula": "=cmd|' /C calc'!A0",
    "plus": "+1+1+cmd|' /C calc'!A0",
    "minus": "-2+3+cmd|' /C calc'!D2",
    "at": "@SUM(1+1)*cmd|' /C calc'!A0",
    "wide formula": "＝1+1",
    "formula after tab": "\t=1+1",
    "formula after return": "\r=1+1",
    "formula after lines": "\n\n =HYPERLINK(\"http://127.0.0.1:9/x\";\"da\")",
    "formula behind an apostrophe": "'=1+1",
    "dde": '{DDEAUTO c:\\\\cmd.exe "/k calc"} { INCLUDETEXT "file:///etc/passwd" } =DDE("a";"b")',
    "delimiters": 'a;b,c"d""e\n"f";\'g\'',
    "bidi": "abc \u202egnp.exe\u202c \u2067def\u2069 \u200f\u061cghi",
    "invisible": "null\u200bbreit\u200d ver\u00adbind\u2060er\ufeff ende",
    "control": "Steuer\x00zeichen\x07 und\x1b[31m rot\u2028neue Zeile\x85noch\x0beine\x7f Seite\x0cda",
    "no characters": "keine Zeichen \ufffe\uffff \U0001fffe rest",
    "entities": "&lt;b&gt; &amp;amp; &#60;i&#62; &#x0; &nbsp;x &xxe; \"Anführung\" 'und' `so`",
    "cdata": "]]> <![CDATA[ x ]]> --> <!-- <!DOCTYPE a [<!ENTITY x SYSTEM \"file:///a\">]> <?php y ?>",
    "word xml": "</w:t></w:r><w:r><w:instrText> INCLUDEPICTURE x </w:instrText></w:r> _x0041_ _x000D_",
    "combining": "Zalgo " + "e\u0301\u0323\u0330\u0346" * 60 + " ende",
    "foreign scripts": "שלום עולם العربية 日本語 한국어 ไทย हिन्दी Ελλάδα Привет",
    "emoji": "Emoji ✔ ■ 😀👩\u200d🔧👍🏽🇩🇪 und \U0001f9ff",
    "header lines": "Betreff\r\nBcc: opfer@example.org\r\n\r\nText\nX-Spam: ja",
    "disposition": 'a.pdf"; filename="b.exe"; filename*=UTF-8\'\'c.exe',
    "path": "../../etc/passwd\\..\\C:\\CON/.htaccess %2e%2e%2f ~root",
    "endless word": "Wort" * 110,
    "endless address": "https://beispiel.example/" + "pfad/" * 90 + "?a=<b>&c=\"d\"#e",
    "long": "Satz mit Wörtern, auch <b>fetten</b>. " * 60,
}  # fmt: skip
# What means something in a marked-up text, and more than is good.
HOSTILE_SIGNS: Mapping[str, str] = {
    "signs of links": '[**<b>x</b>**](https://a.example/"onx=1 "<i>") [k](https://b.example\\" \\l "x") '
    "[m](mailto:a@b.example?subject=x%0ABcc:c) <https://c.example/x\"y> [d](https://d.example/<b>)",
    "signs of tables": "=1+1\tWort\n-2\t<td>\n\"\t|\n| @x | =cmd |\n|-|\n| |",
    "signs of lists": "1. <li>\n2. ]]>\n  - **<b>\n    - ***\n# </h5>\n# #\n1. </ol>\n\t2. =1",
}  # fmt: skip
# These lose words there: addresses behind others, and numbers that a list writes anew.
LOSING_SIGNS = frozenset(HOSTILE_SIGNS[name] for name in ("signs of links", "signs of lists"))
# Half an emoji: no store, no UTF-8 and so no file can hold it; the doors refuse it.
LONE_SURROGATE = "halb \ud83d"
ALL_TEXTS = "\n\n".join(HOSTILE_TEXTS.values())

# Only what has no other way into a file: one of each, with everything said that can be said.
_QUANTITY = Quantity(Decimal(50), "l")
_RESULT = Quantity(Decimal("0.13"), "t-co2e")
_FACTOR = UsedFactor("n", Decimal("2.6"), "l", "kg-co2e", "g", "direct", "s", "e", 2024, "a", "r")
_STEPS = (AnnexStep("ghg.scope1.gross", _QUANTITY, _RESULT, _FACTOR),)
_OWN_STEPS = (replace(_STEPS[0], factor=replace(_FACTOR, edition="")),)
_ENTERED = (EnteredValue("l", Quantity(Decimal(7), "h")),)
ANNEX = Annex(
    calculations=(
        AnnexLine("energy", "diesel", "t", "l", "s", "", "n", (), _STEPS),
        AnnexLine("energy", "diesel", "t", "l", "s", "", "n", (), _OWN_STEPS),
        AnnexLine("people", "training", "t", "l", "s", "", "n", _ENTERED),
    ),
    figures=(FurtherFigure("water.withdrawal.total", Quantity(Decimal(3), "m3"), "measured", "n"),),
    evidence=(ListedEvidence("t", "n", "ab" * 32, ("13.1",), True, True),),
    explanations=(FigureExplanation("ghg.scope1.gross", "q", "s"),),
    goals=tuple(
        ReviewedGoal("12.3", 2024, "g", outcome, "r", "o") for outcome in ("yes", "partly", "no", "ongoing")
    ),
    scope=CoveredSites(("s",), ("l",), ("a",), ("d",), "n"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FreeTextField:
    """A free text of a declaration: where it stands in the file, and how long it may be."""

    path: str
    longest: int
    number: int

    @property
    def mark(self) -> str:
        """A word that stands nowhere else."""
        return f"Zq{self.number}qz"


@dataclass(frozen=True, slots=True)
class PlantedDocument:
    """A declaration with a text in each place, behind which stands the mark of the place."""

    document: Document
    texts: Mapping[FreeTextField, str]


def plant_texts(
    text_of: Callable[[FreeTextField], str], *, document: Document | None = None
) -> PlantedDocument:
    """A full declaration with `text_of` each place, put where no reader of files tidies it."""
    marked, places = _mark_fields(document or full_document())
    texts = {place: text_of(place) for place in places}
    by_mark = {place.mark: f"{text} {place.mark}" for place, text in texts.items()}
    return PlantedDocument(_replace_texts(marked, by_mark), texts)


def hostile_file(text_of: Callable[[FreeTextField], str]) -> bytes:
    """A file of the format with `text_of` each place, as anybody can write one."""
    data, places = _sample_file(full_document())
    for place in places.values():
        place.put(f"{text_of(place.place)} {place.place.mark}"[-place.place.longest :])
    return json.dumps(data).encode()


def marked_up(document: Document) -> Document:
    """The document with a mark on every answer, so that signs in its texts mean something."""
    answers = {ref: replace(answer, is_marked_up=True) for ref, answer in document.answers.items()}
    return replace(document, answers=answers)


def texts_in_turn(first: int, texts: Mapping[str, str] = HOSTILE_TEXTS) -> Callable[[FreeTextField], str]:
    """One text after the other, from one place to the next; each that is too long gives way to the next."""
    names = list(texts)

    def text_of(place: FreeTextField) -> str:
        around = (texts[names[(first + place.number + more) % len(names)]] for more in range(len(names)))
        return next(text for text in around if len(text) + len(place.mark) < place.longest)

    return text_of


def visible_characters(text: str, *, on_paper: bool = False) -> str:
    """All letters, digits and pictures of a text in their order, however it is laid out.

    On paper a character without a glyph counts as what is printed for it.
    """
    shown = printable(text)[0] if on_paper else re.sub("[\ufffe\uffff]", "", text)
    composed = unicodedata.normalize("NFC", shown)
    composed = composed.translate(DIGITS)  # CO2 is printed as CO₂
    return "".join(
        character for character in composed if character.isalnum() or unicodedata.category(character) == "So"
    )


@dataclass(frozen=True, slots=True)
class _Slot:
    place: FreeTextField
    put: Callable[[str], None]


def _mark_fields(document: Document) -> tuple[Document, list[FreeTextField]]:
    data, slots = _sample_file(document)
    for slot in slots.values():
        slot.put(slot.place.mark)
    return read_document(json.dumps(data).encode()), [slot.place for slot in slots.values()]


def _sample_file(document: Document) -> tuple[dict[str, Any], dict[str, _Slot]]:
    """The file of a document that says something in every field, and where its free texts stand."""
    data = copy.deepcopy(document_to_json(replace(document, annex=ANNEX)))
    slots: dict[str, _Slot] = {}
    seen: set[tuple[type, str]] = set()

    def note(path: str, longest: int, put: Callable[[str], None]) -> None:
        item = document.selection.items.get(path.removeprefix("answers.").removesuffix(".text"))
        longest = item.longest if item and item.longest else longest
        slots[path] = _Slot(FreeTextField(path, longest, len(slots)), put)

    for figure in data["figures"]:
        figure["note"] = "n"
    for number, rating in data.get("self_assessment", {}).items():
        rating.setdefault("measures", []).append({"text": f"m{number}"})
    _walk(data, FirstVersionShape, "", note, seen)
    _walk_answers(data, document, note)
    missing = set(_free_fields(FirstVersionShape)) - seen
    if missing:
        raise AssertionError(f"no sample for {sorted(f'{shape.__name__}.{name}' for shape, name in missing)}")
    return data, slots


AddSlot = Callable[[str, int, Callable[[str], None]], None]


def _walk(data: dict[str, Any], shape: type[Shape], path: str, note: AddSlot, seen: set[Any]) -> None:
    for name, field in shape.model_fields.items():
        here = f"{path}.{name}".strip(".")
        kind, about = _unwrapped(field.annotation, field.metadata)
        if kind is str:
            is_answer = path.startswith(
                "answers."
            )  # which of its texts an answer may have says the catalogue
            if longest := _longest(about):
                seen.add((shape, name))
                if not is_answer or name in data:
                    note(here, longest, _setter(data, name))
        elif name in data:
            _walk_below(data[name], kind, here, note, seen)


def _walk_below(data: Any, kind: Any, path: str, note: AddSlot, seen: set[Any]) -> None:
    if isinstance(kind, type) and issubclass(kind, Shape):
        _walk(data, kind, path, note, seen)
    elif get_origin(kind) in (list, dict):
        inner, about = _unwrapped(get_args(kind)[-1], [])
        for key, part in enumerate(data) if get_origin(kind) is list else data.items():
            if inner is not str:
                _walk_below(part, inner, f"{path}.{key}", note, seen)
            elif longest := _longest(about):
                note(f"{path}.{key}", longest, _setter(data, key))


def _walk_answers(data: dict[str, Any], document: Document, note: AddSlot) -> None:
    """Cells of tables, whose columns the catalogue knows."""
    for item in document.selection.items.values():
        rows = data["answers"].get(item.ref, {}).get("value") if item.table else None
        for number, row in enumerate(rows or ()):
            for column in item.table.columns if item.table else ():
                if column.kind is ItemKind.TEXT:
                    note(f"answers.{item.ref}.{number}.{column.key}", 100_000, _setter(row, column.key))


def _setter(holder: Any, key: Any) -> Callable[[str], None]:
    def put(text: str) -> None:
        holder[key] = text

    return put


def _free_fields(shape: type[Shape]) -> Iterator[tuple[type, str]]:
    """Every free text of the format: a line of text, not a key, a number or a choice."""
    for name, field in shape.model_fields.items():
        kind, about = _unwrapped(field.annotation, field.metadata)
        if kind is str and _longest(about):
            yield shape, name
        while get_origin(kind) in (list, dict):
            kind, _about = _unwrapped(get_args(kind)[-1], [])
        if isinstance(kind, type) and issubclass(kind, Shape):
            yield from _free_fields(kind)


def _unwrapped(kind: Any, about: list[Any]) -> tuple[Any, list[Any]]:
    """The type without `Annotated` and `| None`, and all that is said about it."""
    while True:
        if get_origin(kind) is Annotated:
            kind, *more = get_args(kind)
            about = [*about, *more]
        elif get_origin(kind) in (Union, types.UnionType):
            (kind,) = (alternative for alternative in get_args(kind) if alternative is not types.NoneType)
        else:
            return kind, about


def _longest(about: list[Any]) -> int:
    """How long a free text may be; 0 for what is no free text."""
    flat = [
        constraint
        for annotation in about
        for constraint in (annotation.metadata if isinstance(annotation, FieldInfo) else [annotation])
    ]
    longest = next((constraint.max_length for constraint in flat if isinstance(constraint, MaxLen)), 0)
    _str, ref = get_args(Ref)
    is_key = Normalised not in flat and longest == ref.metadata[0].max_length
    return 0 if is_key or any(getattr(constraint, "pattern", None) for constraint in flat) else longest


def _replace_texts(value: Any, texts: Mapping[str, str]) -> Any:
    """The value in which every text that is a key of `texts` is its value, however deep."""
    if isinstance(value, str):
        return texts.get(value, value)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            field.name: _replace_texts(getattr(value, field.name), texts)
            for field in fields(value)
            if field.init
        }
        return replace(value, **changed)
    if isinstance(value, dict):
        return {key: _replace_texts(part, texts) for key, part in value.items()}
    return tuple(_replace_texts(part, texts) for part in value) if isinstance(value, tuple) else value
