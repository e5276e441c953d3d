"""What has to be written into an open book so that it shows one that was drawn anew.

Pure: cells in, blocks of cells out. A block holds what changed and, between that, what is there
already; a cell that was not drawn is never part of one unless it is blank.
"""

from sop_xl.workbook.refresh.comparison import compare
from sop_xl.workbook.refresh.patches import Block, Content, Formula, Patches, SheetPatch, Typed

__all__ = ["Block", "Content", "Formula", "Patches", "SheetPatch", "Typed", "compare"]
