"""Exchange: what other systems send is kept as received before it is answered, then read, matched and applied once.

Owns the inbox, its senders and what waits there; `tables`, `hl7v2`, `dicom` and `waveforms` each read one kind of thing
and know nothing of the inbox. Sources: R133, R159, R161, R164, Part 2.9, Part 4 points 1, 8, 9, 19. Calls record,
residents and organisations.
"""
