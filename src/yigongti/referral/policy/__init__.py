"""The referral pages that their owner signs."""
