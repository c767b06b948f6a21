"""Who may do what, for which unit and which person, on what basis.

Accounts hold dated posts at units; one acts as one post at a time. A role is a page of prose with its rights; a basis
is a named relation between a post and a person. Nothing here knows a medical word.
"""
