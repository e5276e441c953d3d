"""Cell formats on top of named styles, and the styles part that Excel's style gallery wants."""

from copy import copy
from typing import Any
from weakref import WeakKeyDictionary

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Protection
from openpyxl.styles.numbers import BUILTIN_FORMATS_MAX_SIZE, BUILTIN_FORMATS_REVERSE
from openpyxl.styles.stylesheet import write_stylesheet
from openpyxl.xml.functions import tostring

# openpyxl keeps the pieces of its formats in private lists without stubs; hence `Any` below.
_known: WeakKeyDictionary[Workbook, dict[object, int]] = WeakKeyDictionary()

# The order of the schema; openpyxl writes another one, which the Open XML SDK rejects.
_FONT_ORDER = (
    *("b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign"),
    *("sz", "color", "name", "family", "charset", "scheme"),
)
# What a cell format can have of its own: field of the style, attribute of the format, flag.
_OVERRIDES = (
    ("numFmtId", "applyNumberFormat"),
    ("fontId", "applyFont"),
    ("fillId", "applyFill"),
    ("borderId", "applyBorder"),
    ("alignmentId", "applyAlignment"),
    ("protectionId", "applyProtection"),
)


def style_id(
    workbook: Workbook,
    named_style: str,
    number_format: str | None = None,
    *,
    horizontal: str | None = None,
    indent: int | None = None,
    wrap: bool | None = None,
    locked: bool | None = None,
    border: Border | None = None,
) -> int:
    """The index of a cell format: a named style of the workbook with some things changed.

    The format stays linked to its style, so what is not changed here follows the style when
    somebody edits it in Excel.

    Args:
        workbook: The skeleton; the style has to be added to it before.
        named_style: Name of the style.
        number_format: Excel's format code.
        horizontal: Alignment, such as "left" or "center".
        indent: Steps from the edge; makes a general alignment a left one, as in Excel.
        wrap: Whether long text breaks into lines.
        locked: Whether the cell is locked when the sheet is protected.
        border: All four edges.

    Raises:
        ValueError: The workbook has no such style.
    """
    book: Any = workbook
    if named_style not in book._named_styles.names:
        raise ValueError(f"the workbook has no style named {named_style!r}")
    style = book._named_styles[named_style]
    base = style.as_tuple()
    edges = None if border is None else book._borders.add(border)
    key = (tuple(base), number_format, horizontal, indent, wrap, locked, edges)
    known = _known.setdefault(workbook, {})
    if key not in known:
        array = copy(base)
        if number_format is not None:
            array.numFmtId = _number_format_id(book, number_format)
        if (horizontal, indent, wrap) != (None, None, None):
            alignment = _alignment(style.alignment, horizontal, indent, wrap)
            array.alignmentId = book._alignments.add(alignment)
        if locked is not None:
            protection = Protection(locked=locked, hidden=style.protection.hidden)
            array.protectionId = book._protections.add(protection)
        if edges is not None:
            array.borderId = edges
        known[key] = book._cell_styles.add(array)
    return known[key]


def styles_part(workbook: Workbook) -> bytes:
    """The part ``xl/styles.xml`` as openpyxl has it, put right for Excel and the SDK.

    A cell format says with its ``apply`` flags which things it does not take from its named
    style. openpyxl sets none for number format, font, fill and border.
    """
    book: Any = workbook
    tree = write_stylesheet(workbook)
    for font in tree.iter("font"):
        font[:] = sorted(font, key=lambda child: _FONT_ORDER.index(child.tag))
    for array, xf in zip(book._cell_styles, tree.find("cellXfs"), strict=True):
        style = book._named_styles[array.xfId].as_tuple()
        for name, flag in _OVERRIDES:
            xf.attrib.pop(flag, None)
            if getattr(array, name) != getattr(style, name):
                xf.set(flag, "1")
        _spell_out_defaults(xf)
    content: Any = tostring(tree)  # bytes, though the stubs say str
    return b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + bytes(content)


def _spell_out_defaults(xf: Any) -> None:
    """A format that goes back to the default against its style has to say so."""
    if xf.get("applyAlignment") and xf.find("alignment") is None:
        xf.insert(0, Alignment(horizontal="general").to_tree())
    if xf.get("applyProtection") and xf.find("protection") is None:
        xf.append(Protection().to_tree())


def _number_format_id(book: Any, code: str) -> int:
    if code in BUILTIN_FORMATS_REVERSE:
        return BUILTIN_FORMATS_REVERSE[code]
    return int(book._number_formats.add(code)) + BUILTIN_FORMATS_MAX_SIZE


def _alignment(
    base: Alignment, horizontal: Any, indent: int | None, wrap: bool | None
) -> Alignment:
    changed = copy(base)
    if horizontal is not None:
        changed.horizontal = horizontal
    if wrap is not None:
        changed.wrap_text = wrap
    if indent is not None:
        changed.indent = indent
        if indent and changed.horizontal in (None, "general"):
            changed.horizontal = "left"
    return changed
