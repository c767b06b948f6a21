"""Writes of residents: register and amend, merge and un-merge, move, open with a stated basis and review."""
