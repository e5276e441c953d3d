"""Readers of VBA projects that others wrote, and VBA that others wrote."""

import importlib.resources
import io
import warnings
import zipfile
from pathlib import Path
from typing import Any

import olefile

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # oletools calls pyparsing by names that it is giving up
    from oletools import olevba

VBA_PART = "xl/vbaProject.bin"

XLWINGS = Path(str(importlib.resources.files("xlwings")))
XLWINGS_BAS = (XLWINGS / "xlwings.bas").read_bytes().decode("cp1252")
DICTIONARY_CLS = (XLWINGS / "addin" / "Dictionary.cls").read_bytes().decode("cp1252")
SAVED_BY_EXCEL = XLWINGS / "quickstart.xlsm"
"""A workbook that Excel itself saved."""


def olevba_decompress(container: bytes) -> bytes:
    """olevba's decompression."""
    return bytes(olevba.decompress_stream(bytearray(container)))


def olevba_modules(project: bytes) -> dict[str, str]:
    """The modules that olevba finds in a vbaProject.bin, with .cls or .bas behind the name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parser = olevba.VBA_Parser("vbaProject.bin", data=project)
        found = {name: code for _, _, name, code in parser.extract_macros()}
        parser.close()
    return found


def ole(project: bytes) -> Any:
    """A compound file as olefile reads it."""
    return olefile.OleFileIO(io.BytesIO(project))


def excels_project() -> dict[str, bytes]:
    """The streams of a project that Excel itself wrote."""
    with zipfile.ZipFile(SAVED_BY_EXCEL) as archive:
        file = ole(archive.read(VBA_PART))
    return {"/".join(path): file.openstream(path).read() for path in file.listdir()}
