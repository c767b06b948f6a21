"""Pictures of figures as geometry: percentages and words only, so that a test reads them and no screen bends them."""
