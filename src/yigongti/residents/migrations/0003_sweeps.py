"""The search for duplicates among all who are registered."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("residents", "0002_misses")]
    operations = [
        migrations.CreateModel(
            name="Sweep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("began_at", models.DateTimeField()),
                ("last", models.BigIntegerField()),
                ("reached", models.BigIntegerField(default=0)),
                ("looked", models.IntegerField(default=0)),
                ("raised", models.IntegerField(default=0)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.Value(1), condition=models.Q(("ended_at__isnull", True)), name="sweep_one_at_a_time"
                    ),
                ],
            },
        ),
    ]
