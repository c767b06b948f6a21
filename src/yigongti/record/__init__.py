"""Record: the lifelong record — encounters, conditions, observations, reports, medicines, documents.

Owns entries: each with its source, author, time of event and time of entry, corrected only by a new version. Sources:
R133, R170, Part 2.9, Part 4 points 13 and 19. Calls residents and organisations.
"""
