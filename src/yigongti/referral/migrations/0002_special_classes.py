"""Classes named by hand; and the referrals that stand get the special class of their coded diagnosis."""

import re

import django.contrib.postgres.fields
from django.db import migrations, models

from yigongti.kernel.workflow import rooms


CODED = re.compile(r"[A-Z]\d\d(\.[0-9A-Za-z+*]+)?( |$)")

def classify_standing(apps, schema_editor):
    """What was written before has its class too, and so have the follow-ups that it raised."""
    classes_of = rooms.classifiers["diagnosis"]
    case = apps.get_model("workflow", "Case")
    referral = apps.get_model("referral", "Referral")
    found = {}
    for pk, diagnosis in referral.objects.exclude(diagnosis="").values_list("pk", "diagnosis").iterator():
        if CODED.match(diagnosis):
            for special in classes_of(diagnosis):
                found.setdefault(special, []).append(pk)
    for special, keys in found.items():
        case.objects.filter(models.Q(pk__in=keys) | models.Q(parent_id__in=keys)).update(classes=[special])


class Migration(migrations.Migration):
    dependencies = [("referral", "0001_initial"), ("workflow", "0003_case_classes")]
    operations = [
        migrations.AddField(
            model_name="referral",
            name="sensitive",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=16), default=list, size=None
            ),
        ),
        migrations.RunPython(classify_standing, migrations.RunPython.noop),
    ]
