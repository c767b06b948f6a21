"""Pages of figures: cockpit, all indicators, one figure down to its rows, rankings, releases."""
