"""How often a post looked beyond its bases for somebody who is not there, by the hour."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial"), ("residents", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="Miss",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("hour", models.DateTimeField()),
                ("times", models.SmallIntegerField(default=0)),
                ("last", models.CharField(blank=True, max_length=32)),
                (
                    "post",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.post"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("hour", "post"), name="miss_once_an_hour"),
                    models.CheckConstraint(condition=models.Q(("times__gte", 0)), name="miss_times"),
                ],
            },
        ),
    ]
