"""Template tag libraries of the screens."""
