"""Who did what and who saw whom: append-only, sealed into a hash chain, verifiable by a command.

No foreign keys, so that the trail never stands in the way of the life it records.
"""
