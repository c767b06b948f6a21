"""Chronic: follow-up duties at the grassroots — first floor: one workflow, raised by a referral's return.

Owns follow-up cases and their results. Sources: R47, R54, R124, Part 2.3.2, Part 5.1–5.2. Calls record and residents.
"""
