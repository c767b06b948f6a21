"""Which codes of a sender mean which series of ours: shipped for LOINC, else decided by data staff for each sender."""
