"""Wards, beds, sessions and numbers."""
