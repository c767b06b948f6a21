"""What a sender brought is found by its sender: a client that sees few of many begins there."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0008_exports'),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX exchange_resource_sender ON exchange_resource (sender_id, type, key)",
            "DROP INDEX exchange_resource_sender",
        ),
    ]
