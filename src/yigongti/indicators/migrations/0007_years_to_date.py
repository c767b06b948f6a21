"""Figures, judgements, releases and papers of a year to date: 2026-Y10."""

from django.db import migrations, models
from django.db.models import Q


PERIOD = r"^[0-9]{4}(-[0-9]{2}|-Q[1-4]|-Y[0-9]{2})?$"
WRITTEN = {"value": "value_period", "judgement": "judgement_period", "release": "release_period",
           "brief": "brief_period"}  # fmt: skip


def again(model, name, condition):
    """A check constraint with another condition."""
    return [
        migrations.RemoveConstraint(model, name),
        migrations.AddConstraint(model, models.CheckConstraint(condition=condition, name=name)),
    ]


class Migration(migrations.Migration):
    dependencies = [("indicators", "0006_evidence_and_annual_reports")]

    operations = [
        *(operation for model, name in WRITTEN.items() for operation in again(model, name, Q(period__regex=PERIOD))),
        *again("annualreport", "annual_report_period", Q(period="") | Q(period__regex=PERIOD)),
    ]
