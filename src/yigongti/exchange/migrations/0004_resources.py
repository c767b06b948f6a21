"""Entries that stand for FHIR resources are known by the resource's type and id."""

from typing import ClassVar

from django.db import migrations, models


KINDS = ("visit", "report", "result", "document", "vaccination", "recording", "resource")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("exchange", "0003_studies")]

    operations: ClassVar = [
        migrations.RemoveConstraint(model_name="knownentry", name="known_entry_kind"),
        migrations.AddConstraint(
            model_name="knownentry",
            constraint=models.CheckConstraint(condition=models.Q(kind__in=KINDS), name="known_entry_kind"),
        ),
    ]
