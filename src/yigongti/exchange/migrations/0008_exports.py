"""Bulk exports: who asked for what, and how far it has come."""

from typing import ClassVar

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("exchange", "0007_outbox")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("scopes", models.TextField()),
                ("request", models.TextField()),
                ("kinds", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("of_patients", models.BooleanField()),
                ("since", models.DateTimeField(null=True)),
                ("until", models.JSONField(default=dict)),
                ("place", models.SmallIntegerField(default=0)),
                ("reached", models.BigIntegerField(default=0)),
                ("count", models.IntegerField(default=0)),
                ("files", models.JSONField(default=list)),
                ("state", models.CharField(default="running", max_length=12)),
                ("trouble", models.CharField(blank=True, max_length=200)),
                ("asked_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="exchange.client"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("running", "done", "cancelled", "failed", "expired"))),
                name="export_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "running")), fields=("client",), name="export_one_at_a_time"
            ),
        ),
    ]
