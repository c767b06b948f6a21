"""What the house's own processes run in this chapter: beats, listeners, folders. Nobody acts in them, so they are no
actions; each writes through the actions of the chapters."""
