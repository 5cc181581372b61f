"""Files into workbooks: xlsx, xlsm, xls, ods, csv and tsv, with limits for hostile ones."""

from __future__ import annotations

from core.sheets.loading.files import load_workbook

__all__ = ["load_workbook"]
