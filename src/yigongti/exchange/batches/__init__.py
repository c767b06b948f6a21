"""Sheets that staff bring: kept, checked to the last row before anything is written, taken in, or undone, whole."""
