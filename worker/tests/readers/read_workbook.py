"""Prints a workbook as openpyxl reads it, as JSON: {sheet: {…, "rows": [[cell, …], …]}}.

A cell is null or {"value", "type", "format", "fill", "link"}; type is openpyxl's: s text,
n number, d date, f formula. Usage: read_workbook.py FILE.xlsx
"""

import datetime
import json
import sys

import openpyxl


def described(cell):
    if cell.value is None and cell.hyperlink is None:
        return None
    value = cell.value
    if isinstance(value, (datetime.datetime, datetime.date)):
        value = value.isoformat()
    return {
        "value": value,
        "type": cell.data_type,
        "format": cell.number_format,
        "fill": cell.fill.start_color.rgb if cell.fill.fill_type else None,
        "link": cell.hyperlink.target if cell.hyperlink else None,
    }


def main():
    workbook = openpyxl.load_workbook(sys.argv[1])
    sheets = [
        {
            "name": sheet.title,
            "freeze": sheet.freeze_panes,
            "filter": sheet.auto_filter.ref,
            "width": sheet.column_dimensions["A"].width,
            "rows": [[described(cell) for cell in row] for row in sheet.iter_rows()],
        }
        for sheet in workbook.worksheets
    ]
    created = workbook.properties.created.isoformat()
    json.dump({"created": created, "sheets": sheets}, sys.stdout)


main()
