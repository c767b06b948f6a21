"""Each prints a ratio to a named rival or limit, taken in the same run."""
