"""Figures of a month read the encounters of that month."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("record", "0004_orders_and_appointments")]

    operations = [
        migrations.AddIndex(model_name="encounter", index=models.Index(fields=["at"], name="encounter_at")),
        migrations.AddIndex(
            model_name="encounter",
            index=models.Index(
                fields=["until"], condition=models.Q(("until__isnull", False)), name="encounter_until"
            ),
        ),
    ]
