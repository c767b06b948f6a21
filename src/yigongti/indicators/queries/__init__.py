"""Reads of figures: one function for each number, whoever shows it — page, JSON, export, brief or big screen."""
