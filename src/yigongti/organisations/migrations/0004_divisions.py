"""Names of the county's own streets, townships and villages, by their division code."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organisations", "0003_room_hosts")]
    operations = [
        migrations.CreateModel(
            name="Division",
            fields=[
                ("code", models.CharField(max_length=12, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=60)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^([0-9]{9}|[0-9]{12})$")), name="division_code"
                    )
                ],
            },
        ),
    ]
