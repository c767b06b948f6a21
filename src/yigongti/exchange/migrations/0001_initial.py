"""The inbox: messages partitioned by month, with what is known of their senders beside."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


MESSAGES = """
CREATE TABLE exchange_message (
    id bigint GENERATED ALWAYS AS IDENTITY,
    received_at timestamptz NOT NULL,
    channel varchar(12) NOT NULL,
    sender_id bigint NOT NULL,
    control_id varchar(200) NOT NULL,
    kind varchar(60) NOT NULL,
    hash varchar(64) NOT NULL,
    body bytea NOT NULL,
    mended bytea,
    state varchar(12) NOT NULL CHECK (state IN ('received', 'applied', 'waiting', 'superseded', 'refused')),
    reason text NOT NULL DEFAULT '',
    field varchar(120) NOT NULL DEFAULT '',
    value varchar(200) NOT NULL DEFAULT '',
    rule varchar(120) NOT NULL DEFAULT '',
    tries smallint NOT NULL DEFAULT 0,
    settled_at timestamptz,
    persons bigint[] NOT NULL DEFAULT '{}',
    done jsonb NOT NULL DEFAULT '[]',
    CHECK (state IN ('received', 'applied') OR reason <> ''),
    PRIMARY KEY (id, received_at)
) PARTITION BY RANGE (received_at);
CREATE TABLE exchange_message_rest PARTITION OF exchange_message DEFAULT;
CREATE INDEX exchange_message_open ON exchange_message (state, id) WHERE state IN ('received', 'waiting');
CREATE INDEX exchange_message_sender ON exchange_message (sender_id, received_at DESC, id DESC);

-- What was received is what is kept: only what became of it changes.
CREATE FUNCTION exchange_keep_as_received() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.received_at, NEW.channel, NEW.sender_id, NEW.control_id, NEW.hash, NEW.body)
        IS DISTINCT FROM (OLD.id, OLD.received_at, OLD.channel, OLD.sender_id, OLD.control_id, OLD.hash, OLD.body) THEN
        RAISE EXCEPTION 'what was received is not changed (message %)', OLD.id;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER exchange_message_as_received BEFORE UPDATE ON exchange_message
    FOR EACH ROW EXECUTE FUNCTION exchange_keep_as_received();
"""



class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('access', '0002_review_in_time'),
        ('organisations', '0001_initial'),
        ('record', '0001_initial'),
        ('residents', '0001_initial'),
    ]

    operations = [
        migrations.RunSQL(MESSAGES, "DROP TABLE exchange_message; DROP FUNCTION exchange_keep_as_received();"),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('received_at', models.DateTimeField()),
                ('channel', models.CharField(max_length=12)),
                ('sender_id', models.BigIntegerField()),
                ('control_id', models.CharField(max_length=200)),
                ('kind', models.CharField(max_length=60)),
                ('hash', models.CharField(max_length=64)),
                ('body', models.BinaryField()),
                ('mended', models.BinaryField(null=True)),
                ('state', models.CharField(max_length=12)),
                ('reason', models.TextField(blank=True)),
                ('field', models.CharField(blank=True, max_length=120)),
                ('value', models.CharField(blank=True, max_length=200)),
                ('rule', models.CharField(blank=True, max_length=120)),
                ('tries', models.SmallIntegerField(default=0)),
                ('settled_at', models.DateTimeField(null=True)),
                ('persons', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('done', models.JSONField(default=list)),
            ],
            options={
                'db_table': 'exchange_message',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='Sender',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(max_length=12)),
                ('code', models.CharField(max_length=120)),
                ('title', models.CharField(max_length=120)),
                ('first_seen', models.DateTimeField()),
                ('last_seen', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.post')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.institution')),
            ],
        ),
        migrations.CreateModel(
            name='KnownPerson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('system', models.CharField(max_length=80)),
                ('value', models.CharField(max_length=120)),
                ('how', models.CharField(max_length=24)),
                ('matched_at', models.DateTimeField()),
                ('resident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='residents.resident')),
                ('sender', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.sender')),
            ],
        ),
        migrations.CreateModel(
            name='KnownEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=24)),
                ('value', models.CharField(max_length=200)),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.entry')),
                ('sender', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.sender')),
            ],
        ),
        migrations.CreateModel(
            name='Arrival',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('control_id', models.CharField(max_length=200)),
                ('hash', models.CharField(max_length=64)),
                ('message_id', models.BigIntegerField()),
                ('sender', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.sender')),
            ],
        ),
        migrations.AddConstraint(
            model_name='sender',
            constraint=models.CheckConstraint(condition=models.Q(('channel__in', ('hl7v2', 'table', 'dicom', 'waveform', 'fhir', 'document'))), name='sender_channel'),
        ),
        migrations.AddConstraint(
            model_name='sender',
            constraint=models.UniqueConstraint(fields=('channel', 'code'), name='sender_once'),
        ),
        migrations.AddConstraint(
            model_name='knownperson',
            constraint=models.UniqueConstraint(fields=('sender', 'system', 'value'), name='known_person_once'),
        ),
        migrations.AddConstraint(
            model_name='knownentry',
            constraint=models.UniqueConstraint(fields=('sender', 'kind', 'value'), name='known_entry_once'),
        ),
        migrations.AddConstraint(
            model_name="knownentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("visit", "report", "result", "document", "vaccination"))),
                name="known_entry_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name='arrival',
            constraint=models.UniqueConstraint(fields=('sender', 'control_id'), name='arrival_once'),
        ),
    ]
