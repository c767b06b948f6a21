"""Whoever told of a claim as a resource corrects it by that resource's name, whatever its number is now."""

from django.db import migrations, models
from django.db.models.fields.json import KT


class Migration(migrations.Migration):
    dependencies = [("fund", "0001_claims")]

    operations = [
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(
                KT("detail__fhir"),
                condition=models.Q(("detail__has_key", "fhir"), ("withdrawn_at", None)),
                name="claim_told_as",
            ),
        ),
    ]
