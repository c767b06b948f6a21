"""Tests, in the order of the chapters they prove."""
