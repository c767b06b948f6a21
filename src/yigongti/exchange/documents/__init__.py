"""Shared documents (WS/T 500, HL7 CDA): kept whole, matched to their person, attached to an entry."""
