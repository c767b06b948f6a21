"""Reads of residents: find within one's bases, find beyond them by a full number, likely duplicates, worklists."""
