"""With which management a planned follow-up ended: what goes on when that is taken back."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chronic", "0004_ended_enrolments"),
    ]

    operations = [
        migrations.AddField(
            model_name="followup",
            name="ended_with",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="chronic.enrolment"
            ),
        ),
    ]
