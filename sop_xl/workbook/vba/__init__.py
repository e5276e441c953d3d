"""Writes xl/vbaProject.bin from text: the VBA project of a workbook, source code only.

Excel compiles the modules when it opens the file; no compiled code is written. The same modules
give the same bytes.
"""

from sop_xl.workbook.vba.modules import Module
from sop_xl.workbook.vba.project import Project, vba_project

__all__ = ["Module", "Project", "vba_project"]
