"""Chronic care."""
