"""Tables of this chapter."""
