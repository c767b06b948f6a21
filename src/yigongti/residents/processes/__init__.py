"""What the house's own processes run in this chapter."""
