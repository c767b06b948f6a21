"""Tests of the chapter residents."""
