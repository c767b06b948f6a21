"""Whose data staff keeps a sheet that nobody at a screen has brought, and who has taken it over."""

import django.db.models.deletion
from django.db import migrations, models


KEPT = """
UPDATE exchange_batch SET keeper_id = COALESCE(
    (SELECT min(id) FROM access_unit WHERE kind = 'group' AND closed_on IS NULL HAVING count(*) = 1),
    (SELECT min(id) FROM access_unit WHERE kind = 'county' AND closed_on IS NULL),
    (SELECT min(id) FROM access_unit))
WHERE brought_by_id IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0001_initial"),
        ("exchange", "0010_archive"),
    ]

    operations = [
        migrations.AddField(
            model_name="batch",
            name="keeper",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.unit"
            ),
        ),
        migrations.AddField(
            model_name="batch",
            name="taken_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.post"
            ),
        ),
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
        # Its key is checked at the end of a transaction: a constraint cannot be added while one waits.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(("brought_by__isnull", False), ("keeper__isnull", False), _connector="OR"),
                name="batch_belongs",
            ),
        ),
    ]
