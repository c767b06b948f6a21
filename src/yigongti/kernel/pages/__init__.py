"""Screens written once: the frame, the parts they are made of, and the page that shows them."""
