"""Bulk export ($export): everything that a client may see, as lines of resources, written in the background."""
