"""Electrocardiograms as devices send them, read into one form, kept compactly and drawn; pure, without storage."""
