"""Fund: the insurance fund's money — so far the claims as the insurance bureau settled them, in and out of the county.

Owns claims as received, their versions, and which of them count. Nobody here edits a claim: whoever is measured by a
figure does not author it. Sources: R45, R149, R150, R171, Part 2.2.3, Part 2.7, Part 4 points 1 and 14. Calls
record (which diagnoses are secret), residents and organisations.
"""
