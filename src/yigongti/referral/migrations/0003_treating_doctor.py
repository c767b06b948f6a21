"""The return is the treating doctor's: who lies admitted today waits for the doctor and no longer for the desk."""

from django.db import migrations

TURN = """
UPDATE workflow_case SET turn_part = '{to}'
WHERE workflow = 'referral.upward' AND state = 'admitted' AND turn_part = '{frm}'
"""


class Migration(migrations.Migration):
    dependencies = [("referral", "0002_special_classes"), ("workflow", "0004_named_clocks")]
    operations = [
        migrations.RunSQL(
            TURN.format(frm="receiving_desk", to="treating_doctor"),
            TURN.format(frm="treating_doctor", to="receiving_desk"),
        ),
    ]
