"""FHIR R4 without storage: what R4 defines, reading and writing JSON, checking, search values, patches."""
