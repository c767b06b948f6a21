"""Referral: up, down and out of the county; direct admission — the exemplar chapter.

Owns the three referral workflows and what is recorded in them; its pages in `policy/` are the rule. Sources: R47, R48,
R54, Part 5.1. Calls capacity (beds, slots), record (the package that travels), residents, organisations; announces
`referral.*` to those above, and hands the return over to `chronic.follow_up`.
"""
