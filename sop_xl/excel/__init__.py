"""The running Excel: its open workbooks, its settings and what keeps it from finding Python.

`workbook` is a file, `excel` is the application. xlwings is imported only where it is used, because
it is installed on Windows and Mac alone.
"""
