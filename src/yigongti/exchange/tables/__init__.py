"""Tables without storage: sheets as declared, files opened, lines read, templates and marked sheets written."""
