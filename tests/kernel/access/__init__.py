"""Accounts, posts, bases, sign-in."""
