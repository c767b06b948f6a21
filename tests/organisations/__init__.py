"""The organisation: who belongs where, posts and accounts, the first day."""
