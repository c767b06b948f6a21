"""The screens of the lifelong record."""

from yigongti.record.pages import entries, forms, person


__all__ = ["entries", "forms", "person"]
