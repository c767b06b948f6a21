"""Destinations, and the outbox of messages that go to them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_review_in_time"),
        ("exchange", "0006_watching_and_replays"),
        ("organisations", "0003_room_hosts"),
        ("record", "0004_orders_and_appointments"),
        ("residents", "0003_sweeps"),
    ]

    operations = [
        migrations.CreateModel(
            name="Destination",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=60, unique=True)),
                ("application", models.CharField(max_length=60)),
                ("facility", models.CharField(max_length=120)),
                ("host", models.CharField(max_length=120)),
                ("port", models.IntegerField()),
                ("charset", models.CharField(default="utf-8", max_length=12)),
                ("orders", models.BooleanField(default=False)),
                ("results", models.BooleanField(default=False)),
                ("active", models.BooleanField(default=True)),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.institution"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Outgoing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=8)),
                ("about", models.BigIntegerField()),
                ("control_id", models.CharField(max_length=20, unique=True)),
                ("body", models.BinaryField()),
                ("state", models.CharField(default="queued", max_length=10)),
                ("tries", models.IntegerField(default=0)),
                ("due_at", models.DateTimeField(null=True)),
                ("trouble", models.CharField(blank=True, max_length=16)),
                ("answer", models.CharField(blank=True, max_length=2)),
                ("words", models.CharField(blank=True, max_length=400)),
                ("made_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=200)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.post"
                    ),
                ),
                (
                    "destination",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="exchange.destination",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="record.entry"
                    ),
                ),
                (
                    "resident",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="residents.resident",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="destination",
            constraint=models.CheckConstraint(
                condition=models.Q(("charset__in", ("utf-8", "gb18030"))), name="destination_charset"
            ),
        ),
        migrations.AddConstraint(
            model_name="destination",
            constraint=models.CheckConstraint(
                condition=models.Q(("port__gt", 0), ("port__lt", 65536)), name="destination_port"
            ),
        ),
        migrations.AddIndex(
            model_name="outgoing",
            index=models.Index(
                condition=models.Q(("state", "queued")), fields=["destination", "id"], name="outgoing_queue"
            ),
        ),
        migrations.AddIndex(
            model_name="outgoing",
            index=models.Index(condition=models.Q(("state", "dead")), fields=["id"], name="outgoing_dead"),
        ),
        migrations.AddIndex(
            model_name="outgoing",
            index=models.Index(fields=["destination", "about", "id"], name="outgoing_about"),
        ),
        migrations.AddIndex(
            model_name="outgoing",
            index=models.Index(fields=["destination", "-made_at"], name="outgoing_traffic"),
        ),
        migrations.AddConstraint(
            model_name="outgoing",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("order", "result"))), name="outgoing_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="outgoing",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("queued", "sent", "dead", "given_up"))), name="outgoing_state"
            ),
        ),
        migrations.AddConstraint(
            model_name="outgoing",
            constraint=models.UniqueConstraint(fields=("destination", "kind", "entry"), name="outgoing_once"),
        ),
    ]
