"""Public health."""
