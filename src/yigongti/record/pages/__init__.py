"""The screens of the lifelong record."""

from yigongti.record.pages import attachments, entries, forms, orders, performing, person


__all__ = ["attachments", "entries", "forms", "orders", "performing", "person"]
