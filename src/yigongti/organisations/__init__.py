"""Organisations: the county, its groups, institutions, departments, centres, posts, rosters and calendar.

Owns who belongs to whom and since when; describes the kernel's bare units one-to-one. Sources: R1–R5, R9, R15, R18,
R20, R79. Calls nobody above the kernel.
"""
