"""What the inbox may do, and which codes of others mean which series of ours."""
