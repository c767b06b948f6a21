"""What goes out: orders to whoever carries them out, results to whoever asked or treats, over MLLP."""
