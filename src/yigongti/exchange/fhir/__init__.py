"""The FHIR R4 server: clients and their tokens, the store with its history and search index, interactions, searches."""
