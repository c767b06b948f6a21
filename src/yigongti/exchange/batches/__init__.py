"""Sheets that staff bring: kept, checked to the last row before anything is written, then taken in, or undone, whole."""
