"""Orders and appointments that other systems tell of are kinds of entry."""

from django.db import migrations, models


KINDS = ("encounter", "condition", "observation", "report", "medication", "procedure", "immunisation", "allergy",
         "document", "imaging", "order", "appointment")  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("record", "0003_attachments")]

    operations = [
        migrations.RemoveConstraint(model_name="entry", name="entry_kind"),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(condition=models.Q(("kind__in", KINDS)), name="entry_kind"),
        ),
    ]
