"""Dated values with their source and confidence: rates, limits, time limits, targets — never constants.

Defaults ship in each chapter's `policy/parameters.toml`; a county overrides them by dated rows through an action.
"""
