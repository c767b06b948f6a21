"""Figures that can be opened down to their rows: facts and indicators as words, and the engines that count them.

`words` is what a page is written in, `reference` its meaning in plain Python, `columnar` the same on the lake. What
they count are terms; `arithmetic` makes figures of them, once for both.
"""
