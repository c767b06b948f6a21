"""The follow-up page that its owner signs."""
