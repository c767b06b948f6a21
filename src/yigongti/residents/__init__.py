"""Residents: one person behind all papers — register, find, merge and un-merge.

Owns the master index, identifiers and households. Sources: R133, Part 2.3.1, Part 4 points 8 and 13. Calls
organisations (the managing institution).
"""
