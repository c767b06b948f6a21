"""Which centre a village room stood under, from day to day."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

import yigongti.kernel.access.models


def _institution():
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.institution"
    )


class Migration(migrations.Migration):
    dependencies = [("organisations", "0002_shared_record")]
    operations = [
        migrations.CreateModel(
            name="RoomHost",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("begins", models.DateField()),
                ("ends", models.DateField(blank=True, null=True)),
                ("centre", _institution()),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="room_hosts",
                        to="organisations.institution",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends__isnull", True), ("ends__gte", models.F("begins")), _connector="OR"),
                        name="room_host_dates",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("room", django.contrib.postgres.fields.ranges.RangeOperators.EQUAL),
                            (
                                yigongti.kernel.access.models.DateRange("begins", "ends", models.Value("[]")),
                                django.contrib.postgres.fields.ranges.RangeOperators.OVERLAPS,
                            ),
                        ],
                        name="room_one_centre_at_a_time",
                    ),
                ],
            },
        ),
    ]
