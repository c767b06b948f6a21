"""Public health: births and deaths as certified — told, matched, listed; more of public health comes on top.

Owns certificates of birth and death with their versions, and what a death has done to the person's registration.
Sources: R127, R128, R129, Part 2.10, Part 4 points 3 and 8. Calls record, residents and organisations.
"""
