"""Consultation: tele-consultation and several disciplines in parallel.

So far its hardest page only, written before the workflow words were frozen. Sources: R68, R99.
"""
