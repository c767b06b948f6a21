"""Dated parameters of capacity."""
