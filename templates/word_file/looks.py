"""How the words of a Word file look: formatting resolved through defaults, styles and what they are based on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.etree import ElementTree as ET  # only for the type; parts are parsed in foreign_docx

from templates.foreign_docx import parsed

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
STYLES: Final = "word/styles.xml"
_OFF: Final = ("0", "false", "off", "none")
_HEX: Final = re.compile(r"[0-9A-Fa-f]{6}")
_LIGHT: Final = ("background1", "light1", "bg1", "lt1")
_WHITE: Final = "FFFFFF"
_ORDINARY: Final = 20
"""Half points where nothing states a size."""
_FAINTEST: Final = 1.25
"""Ratio of contrast to the background below which words are taken to be unseen; pale grey on white has 1.4."""
_SMALLEST: Final = 8
"""Half points below which nobody reads: words smaller than 4 pt."""
_NARROWEST: Final = 10
"""Per cent of their width below which letters are a line."""
_LOWEST: Final = 80
"""Twentieths of a point: a line or row of exactly this height or less shows nothing of its words."""
_HEAVY_FONT: Final = re.compile(r"黑|Hei\b|heiti", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Ground:
    """What the words of a paragraph stand on: the colour behind them, and why it hides them, in both languages."""

    colour: str = ""
    unseen: tuple[str, str] | None = None


FLAT: Final = ("text in a line or row without height", "行高近于零的文字")
BOXED: Final = ("text in a box that is not shown", "不显示的文本框中的文字")


@dataclass(frozen=True, slots=True)
class Look:
    """How a run looks. ``unseen`` says why nobody sees it, in both languages; None if it shows."""

    unseen: tuple[str, str] | None
    stands_out: bool
    highlighted: bool


@dataclass(frozen=True, slots=True)
class Looks:
    """The styles of a file, by id, and its defaults."""

    styles: Mapping[str, ET.Element]
    defaults: ET.Element | None
    usual: Mapping[str, str]
    known: dict[tuple[str, str, Ground], Look] = field(default_factory=dict)

    @classmethod
    def of(cls, parts: Mapping[str, bytes]) -> Looks:
        """The looks of a file's words; RefusedDocx if its styles are not well formed."""
        root = parsed(parts[STYLES], STYLES) if STYLES in parts else ET.Element("none")
        styles = {style.get(f"{W}styleId", ""): style for style in root.iter(f"{W}style")}
        usual = {
            style.get(f"{W}type", ""): name for name, style in styles.items() if _is_on(style.get(f"{W}default", "0"))
        }
        return cls(styles, root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"), usual)

    def look(self, run: ET.Element, paragraph: ET.Element, ground: Ground) -> Look:
        """How a run of a paragraph looks on its ground."""
        direct = run.find(f"{W}rPr")
        styled = None if direct is None else direct.find(f"{W}rStyle")
        of_paragraph = _value(paragraph.find(f"{W}pPr/{W}pStyle")) or self.usual.get("paragraph", "")
        of_run = _value(styled) or self.usual.get("character", "")
        if direct is not None and len(direct) > (styled is not None):
            return self._look(of_paragraph, of_run, direct, ground)
        known = self.known.get((of_paragraph, of_run, ground))
        if known is None:
            known = self._look(of_paragraph, of_run, None, ground)
            self.known[of_paragraph, of_run, ground] = known
        return known

    def ground(self, paragraph: ET.Element, around: Ground) -> Ground:
        """What a paragraph's words stand on; ``around`` is the ground of its cell or of the page."""
        shade = self.of_paragraph(paragraph, "shd")
        spacing = self.of_paragraph(paragraph, "spacing")
        exact = spacing is not None and spacing.get(f"{W}lineRule") == "exact"
        flat = exact and spacing is not None and _below(spacing.get(f"{W}line"), _LOWEST)
        return Ground(_fill(shade) or around.colour, FLAT if flat else around.unseen)

    def of_paragraph(self, paragraph: ET.Element, name: str) -> ET.Element | None:
        """A property of a paragraph: its own, or that of the nearest style which states it."""
        own = paragraph.find(f"{W}pPr/{W}{name}")
        style = _value(paragraph.find(f"{W}pPr/{W}pStyle")) or self.usual.get("paragraph", "")
        return own if own is not None else self.nearest(style, f"{W}pPr/{W}{name}")

    def of_table(self, table: ET.Element, row: int, cell: ET.Element) -> str:
        """The colour behind a cell: its own, or that of the table's style for its row."""
        style = _value(table.find(f"{W}tblPr/{W}tblStyle"))
        whole = self.nearest(style, f"{W}tcPr/{W}shd")
        first = self.nearest(style, f"{W}tblStylePr[@{W}type='firstRow']/{W}tcPr/{W}shd") if row == 0 else None
        return _fill(cell.find(f"{W}tcPr/{W}shd")) or _fill(first) or _fill(whole)

    def _look(self, of_paragraph: str, of_run: str, direct: ET.Element | None, ground: Ground) -> Look:
        found = _Formatting(self, (of_run, of_paragraph), direct)
        shade, marked = _fill(found.stated("shd")), _is_on(found.value("highlight") or "none")
        heavy = _is_heavy(found.stated("rFonts")) and not _is_heavy(_child(self.defaults, "rFonts"))
        lined = _is_on(found.value("u") or "none") or found.stated("bdr") is not None
        return Look(
            ground.unseen or _unseen(found, "" if marked else shade or ground.colour, marked=marked),
            found.toggled("b") or heavy or lined or bool(shade or ground.colour),
            marked or _is_vivid(shade),
        )

    def nearest(self, style: str, path: str) -> ET.Element | None:
        """What a style or the nearest one it is based on states."""
        return next((found for one in self._chain(style) if (found := one.find(path)) is not None), None)

    def _chain(self, style: str) -> Iterator[ET.Element]:
        passed: set[str] = set()
        while style in self.styles and style not in passed:
            passed.add(style)
            yield self.styles[style]
            style = _value(self.styles[style].find(f"{W}basedOn"))


@dataclass(frozen=True, slots=True)
class _Formatting:
    """What a run, its styles (that of the run first) and the defaults state of it."""

    looks: Looks
    styles: tuple[str, ...]
    direct: ET.Element | None

    def stated(self, name: str) -> ET.Element | None:
        """The nearest statement of a property."""
        found = (self.looks.nearest(style, f"{W}rPr/{W}{name}") for style in self.styles)
        nearer = (one for one in (_child(self.direct, name), *found) if one is not None)
        return next(nearer, _child(self.looks.defaults, name))

    def value(self, name: str) -> str:
        """The value of the nearest statement."""
        return _value(self.stated(name))

    def toggled(self, name: str) -> bool:
        """Whether a property is on: what the run says itself, else its styles, which switch each other off."""
        own, default = _child(self.direct, name), _child(self.looks.defaults, name)
        if own is not None:
            return _switches(own)
        found = (self.looks.nearest(style, f"{W}rPr/{W}{name}") for style in self.styles)
        return _switches(default) or sum(map(_switches, found)) % 2 == 1


def _unseen(found: _Formatting, behind: str, *, marked: bool) -> tuple[str, str] | None:
    """Why nobody sees a run on the colour behind it; None if it shows."""
    if found.toggled("vanish") or found.toggled("specVanish") or _is_empty_ink(found.direct):
        return ("hidden text", "隐藏文字")
    if _below(found.value("sz") or str(_ORDINARY), _SMALLEST) or _below(found.value("w"), _NARROWEST):
        return ("text too small to be read", "小得无法辨认的文字")
    if not marked and _contrast(_ink(found.stated("color")), behind) < _FAINTEST:
        return ("text in the colour of its background", "与背景同色的文字")
    return None


def flat_row(row: ET.Element) -> bool:
    """Whether a row of a table has no height to show its words."""
    height = row.find(f"{W}trPr/{W}trHeight")
    return height is not None and height.get(f"{W}hRule") == "exact" and _below(height.get(f"{W}val"), _LOWEST)


def _child(node: ET.Element | None, name: str) -> ET.Element | None:
    return None if node is None else node.find(W + name)


def _switches(node: ET.Element | None) -> bool:
    return node is not None and _is_on(node.get(f"{W}val", "1"))


def _value(node: ET.Element | None) -> str:
    return "" if node is None else node.get(f"{W}val", "")


def _is_on(value: str) -> bool:
    return value.lower() not in _OFF


def _below(value: str | None, least: int) -> bool:
    try:
        return bool(value) and float(value or "") < least
    except ValueError:
        return False


def _fill(shade: ET.Element | None) -> str:
    """The colour a shading paints; empty for none, and for white, which is the page."""
    found = "" if shade is None else shade.get(f"{W}fill", "")
    return found.upper() if _HEX.fullmatch(found) and found.upper() != _WHITE else ""


def _ink(colour: ET.Element | None) -> str:
    """The colour of the words; empty where Word chooses one that shows."""
    if colour is None:
        return ""
    if _HEX.fullmatch(_value(colour)):
        return _value(colour)
    return _WHITE if colour.get(f"{W}themeColor", "") in _LIGHT else ""


def _is_empty_ink(direct: ET.Element | None) -> bool:
    """Whether letters are filled with nothing, as Word's text effects can."""
    effects = () if direct is None else (node for node in direct if node.tag.endswith("}textFill"))
    return any(child.tag.endswith("}noFill") for effect in effects for child in effect)


def _is_heavy(fonts: ET.Element | None) -> bool:
    return fonts is not None and _HEAVY_FONT.search(fonts.get(f"{W}eastAsia", "")) is not None


def _is_vivid(colour: str) -> bool:
    """Whether a shading is a marker's colour, and not one of the greys that tables and forms have."""
    channels = [int(colour[i : i + 2], 16) for i in (0, 2, 4)] if colour else [0]
    return max(channels) - min(channels) > 64


def _contrast(ink: str, behind: str) -> float:
    """The ratio of contrast between two colours, 1 to 21, as WCAG defines it; 21 where Word chooses the ink."""
    if not ink:
        return 21.0
    brighter, darker = sorted((_luminance(ink), _luminance(behind or _WHITE)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4))
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
