"""Frozen values that everything else speaks in: money, periods, workbooks, readings, distributions, change sets."""
