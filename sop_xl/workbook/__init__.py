"""Workbook files: layout, formulas, styles, charts and packaging, by openpyxl."""
