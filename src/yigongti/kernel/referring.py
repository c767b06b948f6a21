"""Which rows others refer to: what an undo may take away for good, and what has been built upon and stays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db import connection, models


def referred(model: type[models.Model], keys: Iterable[int], *, but: Iterable[str] = ()) -> set[int]:
    """Those of these rows that any row of any chapter refers to; `but` are relations as `app.Model.field` that go with
    the row itself. A row's reference to itself does not count."""
    wanted, found = list(keys), set[int]()
    for table, column, own in _relations(model, frozenset(but)):
        with connection.cursor() as cursor:
            itself = f"AND {column} <> {own}" if own else ""
            cursor.execute(f"SELECT DISTINCT {column} FROM {table} WHERE {column} = ANY(%s) {itself}", [wanted])  # noqa: S608 - names of our own tables
            found.update(row[0] for row in cursor.fetchall())
    return found


def _relations(model: type[models.Model], but: frozenset[str]) -> Iterator[tuple[str, str, str]]:
    """Table, column and, within the table itself, the key, of every foreign key that leads to this model."""
    quote = connection.ops.quote_name
    for relation in model._meta.get_fields(include_hidden=True):
        field = getattr(relation, "field", None)
        if not (relation.auto_created and isinstance(field, models.ForeignKey)):
            continue
        if f"{field.model._meta.label}.{field.name}" in but or not field.model._meta.managed:
            continue
        own = quote(str(model._meta.pk.column)) if field.model is model else ""
        yield quote(field.model._meta.db_table), quote(str(field.column)), own
