"""Indicators: the figures that decide money and promotion, each defined on one page and openable down to its rows.

Owns the catalogue, targets, computed values, releases (computed → reviewed → frozen → published), appeals, briefs, the
cockpit and the big screen. Nobody types a figure here. Sources: R22–R23, R31–R33, R45–R46, R96, R127–R128, R153–R157,
R171–R172, R174, Part 2.1–2.3, Part 4 points 1–3, 14, 20.
Calls kernel.measures, and the facts of the chapters below.
"""
