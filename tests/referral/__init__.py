"""The referral chapter."""
