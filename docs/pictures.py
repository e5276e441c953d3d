"""Makes the pictures of the documents from the workbook of the example company.

    python -m docs.pictures               writes the pictures in docs/images
    python -m docs.pictures --book BOOK   takes them from this workbook

Needs LibreOffice, which prints the pages, and pdftoppm and pdftotext, which draw and find them.
"""

from __future__ import annotations

import argparse
import datetime as dt
import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageChops

from sop_xl import actions
from tests.office.tools import to_pdf

IMAGES = Path(__file__).parent / "images"
PICTURES = {"d3-demand.png": "Demand summary"}
"""The title with which the page to show begins, by file."""
DPI = 110
BORDER = 12
"""White pixels around what is on the page."""
COLOURS = 64
WHEN = dt.datetime(2026, 10, 5, 9, tzinfo=dt.UTC)


def draw(book: Path, room: Path) -> None:
    """Draw every picture.

    Args:
        book: The workbook of the example company.
        room: A folder for what is made on the way.
    """
    pdf = to_pdf(book, room)
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, text=True,
                          capture_output=True).stdout
    pages = [page.strip() for page in text.split("\f")]
    IMAGES.mkdir(exist_ok=True)
    for name, title in PICTURES.items():
        number = next(at for at, page in enumerate(pages, start=1) if title in _first_lines(page))
        _page(pdf, number, room / name)
        _tidy(Image.open(room / name)).save(IMAGES / name, optimize=True)
        print(f"docs/images/{name}: page {number}, {(IMAGES / name).stat().st_size / 1000:.0f} kB")


def _first_lines(page: str) -> list[str]:
    return [line.strip() for line in page.splitlines()[:4]]


def _page(pdf: Path, number: int, target: Path) -> None:
    """One page as a picture."""
    pages = ["-f", str(number), "-l", str(number), "-singlefile"]
    command = ["pdftoppm", "-r", str(DPI), "-png", *pages, str(pdf), str(target.with_suffix(""))]
    subprocess.run(command, check=True)


def _tidy(picture: Image.Image) -> Image.Image:
    """Without the white margin of the paper, in few colours."""
    plain = picture.convert("RGB")
    box = ImageChops.difference(plain, Image.new("RGB", plain.size, "white")).getbbox()
    left, top, right, bottom = box or (0, 0, *plain.size)
    cut = plain.crop((
        max(0, left - BORDER), max(0, top - BORDER),
        min(plain.width, right + BORDER), min(plain.height, bottom + BORDER),
    ))
    return cut.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def main() -> None:
    parser = argparse.ArgumentParser(description="Makes the pictures of the documents.")
    parser.add_argument("--book", type=Path, help="the example company's workbook, if there is one")
    book = parser.parse_args().book
    with tempfile.TemporaryDirectory(prefix="sop-pictures-") as name:
        room = Path(name)
        if book is None:
            book = actions.demo(room / "demo", author="sop-xl", at=WHEN)[1].path
        draw(book, room)


if __name__ == "__main__":
    main()
