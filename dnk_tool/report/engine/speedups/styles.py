"""Remembers with a style what the engine works out from nothing else, for each box and line again.

The boxes of a document share some thousand styles. The results are the same to the last bit.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from weasyprint.formatting_structure import boxes
from weasyprint.layout import percent, preferred
from weasyprint.layout.absolute import AbsolutePlaceholder
from weasyprint.text import fonts, line_break
from weasyprint.text.constants import LST_TO_ISO, PANGO_DIRECTION
from weasyprint.text.ffi import ffi, gobject, pango, unicode_to_char_p

_SIZES = "known_sizes"  # the attributes of a style
_STRUT = "known_strut"
_FACE = "known_face"
_IN_FLOW = "known_in_flow"
_IS_SQUARE = "known_square"
_WORDS = "known_words"
_SIDES = ("top", "right", "bottom", "left")
_BORDERS = tuple(f"border_{side}_width" for side in _SIDES)
_LENGTHS = (
    *(f"margin_{side}" for side in _SIDES),
    *(f"padding_{side}" for side in _SIDES),
    *("width", "min_width", "max_width", "height", "min_height", "max_height"),
)

LONGEST_TEXT = 300  # characters: it is remembered anew without each word at its beginning
_SQUARE = {
    f"border_{corner}_radius": (0, 0) for corner in ("top_left", "top_right", "bottom_right", "bottom_left")
}


def install() -> None:
    """Makes every later layout in this process remember these."""
    if getattr(line_break.Layout, "remembers", False):
        return
    line_break.Layout.remembers = True
    _remember_sizes()
    _remember_struts()
    _remember_faces()
    _remember_flow()
    _remember_corners()
    _remember_words()
    boxes.Box.copy = _copy


def _put(old: Callable[..., Any], new: Callable[..., Any]) -> None:
    """Replaces a function in every module of the engine that took it from another."""
    for name, module in list(sys.modules.items()):
        if name.startswith("weasyprint."):
            for own, value in list(vars(module).items()):
                if value is old:
                    setattr(module, own, new)


def _remember_sizes() -> None:
    resolve = percent.resolve_percentages

    def resolve_percentages(box: Any, containing_block: Any) -> None:
        style, own = box.style, box.__dict__
        sizes = style.__dict__.get(_SIZES)
        if sizes is None:
            sizes = style.__dict__[_SIZES] = _sizes_of(style)
        if not sizes or type(box) is AbsolutePlaceholder:
            resolve(box, containing_block)
            return
        own.update(sizes)
        # The borders of cells that share them are there already.
        collapses = style["border_collapse"] == "collapse"
        for name in _BORDERS:
            if not (collapses and name in own):
                own[name] = style[name]

    _put(resolve, resolve_percentages)


def _sizes_of(style: Any) -> Mapping[str, Any]:
    """Lengths of a box that depend on nothing around it; nothing if one of them does."""
    if style["box_sizing"] != "content-box":
        return {}
    found: dict[str, Any] = {}
    for name in _LENGTHS:
        value = style[name]
        if value == "auto":
            found[name] = 0 if name.startswith("min_") else value
        elif getattr(value, "unit", None) == "px":
            found[name] = value.value
        else:
            return {}
    return found


def _remember_struts() -> None:
    measure = line_break.strut

    def strut(style: Any) -> Any:
        known = style.__dict__.get(_STRUT)
        if known is None:
            known = style.__dict__[_STRUT] = measure(style)
        return known

    _put(measure, strut)


@dataclass(frozen=True, slots=True)
class _PangoSetup:
    """What a line of text is set with: objects of the text engine."""

    context: Any
    language: Any
    description: Any
    features: bytes


def _remember_faces() -> None:
    set_up = line_break.Layout.setup

    def setup(self: Any, style: Any) -> None:
        if style["text_decoration_line"] != "none":
            set_up(self, style)
            return
        face: _PangoSetup | None = style.__dict__.get(_FACE)
        if face is None:
            face = style.__dict__[_FACE] = _face_of(style)
        self.style, self.language, self.first_line_direction = style, face.language, 0
        self.ascent = self.underline_position = self.strikethrough_position = None
        self.layout = layout = ffi.gc(pango.pango_layout_new(face.context), gobject.g_object_unref)
        pango.pango_layout_set_auto_dir(layout, False)
        pango.pango_layout_set_font_description(layout, face.description)
        if face.features:
            known = style.font_config.font_features
            if face.features not in known:
                known[face.features] = pango.pango_attr_font_features_new(face.features)
            attributes = pango.pango_attr_list_new()
            pango.pango_attr_list_insert(attributes, known[face.features])
            pango.pango_layout_set_attributes(layout, attributes)

    line_break.Layout.setup = setup


def _face_of(style: Any) -> _PangoSetup:
    """The face of a style, shared by all styles that have the same."""
    known: dict[Any, _PangoSetup] = style.font_config.__dict__.setdefault(_FACE, {})
    key = (
        line_break._font_style_cache_key(style),
        style["font_size"],
        style["direction"],
        style["font_kerning"],
    )
    if key in known:
        return known[key]
    context = ffi.gc(pango.pango_font_map_create_context(style.font_config.font_map), gobject.g_object_unref)
    pango.pango_context_set_round_glyph_positions(context, False)
    pango.pango_context_set_base_dir(context, PANGO_DIRECTION[style["direction"]])
    name = style["font_language_override"]
    name = style["lang"] if name == "normal" else LST_TO_ISO.get(name.lower(), name)
    if name:
        pointer, _bytes = unicode_to_char_p(name)
        language = pango.pango_language_from_string(pointer)
        pango.pango_context_set_language(context, language)
    else:
        language = pango.pango_language_get_default()
    features = fonts.font_features(
        style["font_kerning"],
        style["font_variant_ligatures"],
        style["font_variant_position"],
        style["font_variant_caps"],
        style["font_variant_numeric"],
        style["font_variant_alternates"],
        style["font_variant_east_asian"],
        style["font_feature_settings"],
    )
    said = ",".join(f"{name} {value}" for name, value in features.items()).encode()
    known[key] = _PangoSetup(context, language, fonts.get_font_description(style), said)
    return known[key]


def _remember_flow() -> None:
    decide = boxes.Box.is_in_normal_flow

    def is_in_normal_flow(self: Any) -> bool:
        known: bool | None = self.style.__dict__.get(_IN_FLOW)
        if known is None:
            known = self.style.__dict__[_IN_FLOW] = decide(self)
        return known

    boxes.Box.is_in_normal_flow = is_in_normal_flow


def _remember_corners() -> None:
    resolve = percent.resolve_radii_percentages

    def resolve_radii_percentages(box: Any) -> None:
        own = box.style.__dict__
        if _IS_SQUARE not in own:
            own[_IS_SQUARE] = all((0, "px") in box.style[name] for name in _SQUARE)
        if own[_IS_SQUARE] and type(box) is not AbsolutePlaceholder:  # which passes on what it is told
            box.__dict__.update(_SQUARE)
        else:
            resolve(box)

    _put(resolve, resolve_radii_percentages)


def _remember_words() -> None:
    """How wide the parts of a text are that cannot be divided; the engine does not want their lines."""
    divide = preferred.split_first_line

    def split_first_line(text: str, style: Any, context: Any, *given: Any, **named: Any) -> Any:
        if len(text) > LONGEST_TEXT:
            return divide(text, style, context, *given, **named)
        words = style.__dict__.setdefault(_WORDS, {})
        key = text, given, *named.items()
        if key not in words:
            _layout, length, resume_at, width, height, baseline = divide(
                text, style, context, *given, **named
            )
            words[key] = None, length, resume_at, width, height, baseline
        return words[key]

    preferred.split_first_line = split_first_line


def _copy(self: Any) -> Any:
    """A box with the same attributes: copied in one piece, which takes half the time of one by one."""
    kind = type(self)
    new = kind.__new__(kind)  # type: ignore[call-overload]  # kind is any class of boxes
    new.__dict__ = self.__dict__.copy()
    return new
