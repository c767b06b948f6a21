"""The workflow engine, proven with the real pages."""
