"""Why an enrolment ended, and who changed it last and when: what may still be taken back."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("access", "0001_initial"),
        ("chronic", "0003_enrolments"),
    ]

    operations = [
        migrations.AddField(
            model_name="enrolment", name="end_reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=12),
        ),
        migrations.AddField(model_name="enrolment", name="changed_at", field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="enrolment", name="changed_by",
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                to="access.post",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.CheckConstraint(
                condition=models.Q(("end_reason__in", ("", "moved", "lost", "refused", "excluded"))),
                name="enrolment_end_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.CheckConstraint(
                condition=models.Q(("end_reason", ""), ("ends__isnull", False), _connector="OR"),
                name="enrolment_reason_of_an_end",
            ),
        ),
    ]
