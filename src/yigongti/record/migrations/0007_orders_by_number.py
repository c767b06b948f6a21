"""An order is found by the number of who asked, whosever it is: its report may come under a patient number not known."""

from django.db import migrations


INDEX = """
CREATE INDEX entry_order_placer ON record_entry ((detail->>'placer'))
 WHERE kind = 'order' AND replaced_by_id IS NULL AND NOT withdrawn
"""


class Migration(migrations.Migration):
    dependencies = [("record", "0006_orders_to_carry_out")]

    operations = [migrations.RunSQL(INDEX, "DROP INDEX entry_order_placer")]
