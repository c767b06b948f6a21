"""The tables of the screens, step by step."""
