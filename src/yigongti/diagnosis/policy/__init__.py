"""The diagnosis pages that their owner signs."""
