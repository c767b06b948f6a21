"""The list of who carries orders out, and of what was sent back to who asked, reads orders alone and the newest first."""

from django.db import migrations


INDEX = """
CREATE INDEX entry_to_carry_out ON record_entry
 ((coalesce(detail->>'performer', institution_id::text)), (detail->>'state'), at DESC)
 WHERE kind = 'order' AND replaced_by_id IS NULL AND NOT withdrawn
"""
SENT_BACK = """
CREATE INDEX entry_sent_back ON record_entry (institution_id, entered_at DESC)
 WHERE kind = 'order' AND replaced_by_id IS NULL AND NOT withdrawn AND detail ? 'unable'
"""


class Migration(migrations.Migration):
    dependencies = [("record", "0005_encounters_by_day")]

    operations = [
        migrations.RunSQL(INDEX, "DROP INDEX entry_to_carry_out"),
        migrations.RunSQL(SENT_BACK, "DROP INDEX entry_sent_back"),
    ]
