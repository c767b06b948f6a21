"""The embedded server and the fitness of a database."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_the_test_database_is_fit_for_chinese():
    with connection.cursor() as cursor:
        cursor.execute("SELECT cardinality(show_trgm('张桂兰'))")
        assert cursor.fetchone()[0] > 0
