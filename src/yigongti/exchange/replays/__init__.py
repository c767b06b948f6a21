"""Trying many waiting messages again: asked by data staff, done by the worker a few at a time, with progress."""
