"""The fund."""
