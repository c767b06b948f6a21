"""The consultation pages that their owner signs."""
