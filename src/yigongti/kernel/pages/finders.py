"""Kept until every chapter imports `yigongti.kernel.finders`."""

from yigongti.kernel.finders import Choice, Finder, Hit, Picker, finder, finders, picker, pickers, resolve


__all__ = ["Choice", "Finder", "Hit", "Picker", "finder", "finders", "picker", "pickers", "resolve"]
