"""Briefs and annual reports: words that people write, around figures that nobody types."""
