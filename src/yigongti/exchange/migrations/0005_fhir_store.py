"""The FHIR store: clients and tokens; current resources, their earlier versions, and what they are searched by."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


STORE = """
CREATE SEQUENCE exchange_resource_key;
CREATE TABLE exchange_resource (
    key bigint PRIMARY KEY,
    type varchar(40) COLLATE "C" NOT NULL,
    id varchar(64) COLLATE "C" NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    at timestamptz NOT NULL,
    deleted boolean NOT NULL DEFAULT false,
    method varchar(6) NOT NULL CHECK (method IN ('POST', 'PUT', 'PATCH', 'DELETE')),
    person_id bigint REFERENCES residents_resident (id) DEFERRABLE INITIALLY DEFERRED,
    also bigint[],
    sender_id bigint NOT NULL REFERENCES exchange_sender (id) DEFERRABLE INITIALLY DEFERRED,
    classes text[] NOT NULL DEFAULT '{}',
    body text NOT NULL,
    CHECK (deleted = (body = '')),
    CONSTRAINT exchange_resource_once UNIQUE (type, id)
);
CREATE INDEX exchange_resource_type ON exchange_resource (type, key) WHERE NOT deleted;
CREATE INDEX exchange_resource_at ON exchange_resource (type, at, key);
CREATE INDEX exchange_resource_person ON exchange_resource (person_id, key) WHERE person_id IS NOT NULL;

CREATE TABLE exchange_resource_past (
    key bigint NOT NULL,
    version integer NOT NULL,
    at timestamptz NOT NULL,
    deleted boolean NOT NULL,
    method varchar(6) NOT NULL,
    person_id bigint,
    also bigint[],
    sender_id bigint NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (key, version)
);

CREATE INDEX exchange_resource_past_at ON exchange_resource_past (at, key, version);

-- `param` is a number made of type and parameter, see exchange/fhir/indexing.py.
CREATE TABLE exchange_resource_token (param integer NOT NULL, code text COLLATE "C", system text COLLATE "C",
    key bigint NOT NULL);
CREATE INDEX exchange_resource_token_code ON exchange_resource_token (param, code, key);
CREATE INDEX exchange_resource_token_key ON exchange_resource_token (key);

CREATE TABLE exchange_resource_text (param integer NOT NULL, value text COLLATE "C" NOT NULL, said text COLLATE "C",
    key bigint NOT NULL);
CREATE INDEX exchange_resource_text_value ON exchange_resource_text (param, value, key);
CREATE INDEX exchange_resource_text_key ON exchange_resource_text (key);

CREATE TABLE exchange_resource_link (param integer NOT NULL, target text COLLATE "C" NOT NULL, key bigint NOT NULL);
CREATE INDEX exchange_resource_link_target ON exchange_resource_link (param, target, key);
CREATE INDEX exchange_resource_link_key ON exchange_resource_link (key);

CREATE TABLE exchange_resource_span (param integer NOT NULL, low timestamptz NOT NULL, high timestamptz NOT NULL,
    key bigint NOT NULL);
CREATE INDEX exchange_resource_span_low ON exchange_resource_span (param, low, key);
CREATE INDEX exchange_resource_span_key ON exchange_resource_span (key);

CREATE TABLE exchange_resource_amount (param integer NOT NULL, value numeric NOT NULL, low numeric, high numeric,
    system text COLLATE "C", code text COLLATE "C", unit text COLLATE "C", key bigint NOT NULL);
CREATE INDEX exchange_resource_amount_value ON exchange_resource_amount (param, value, key);
CREATE INDEX exchange_resource_amount_key ON exchange_resource_amount (key);

-- A sorted search that has more pages keeps its order: whom it was found for, and the keys.
CREATE TABLE exchange_resource_found (
    id uuid PRIMARY KEY,
    client_id bigint NOT NULL,
    asked text NOT NULL,
    keys bigint[] NOT NULL,
    until timestamptz NOT NULL
);
CREATE INDEX exchange_resource_found_until ON exchange_resource_found (until);

-- What was sent is not rewritten: a version that is past stays as it was.
CREATE FUNCTION exchange_past_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a past version is not changed (% of %)', OLD.version, OLD.key;
END $$;
CREATE TRIGGER exchange_resource_past_stays BEFORE UPDATE OR DELETE ON exchange_resource_past
    FOR EACH ROW EXECUTE FUNCTION exchange_past_stays();
"""
UNDO = """
DROP TABLE exchange_resource_found, exchange_resource_amount, exchange_resource_span, exchange_resource_link,
    exchange_resource_text, exchange_resource_token, exchange_resource_past, exchange_resource;
DROP FUNCTION exchange_past_stays();
DROP SEQUENCE exchange_resource_key;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0002_review_in_time'),
        ('exchange', '0004_resources'),
        ('residents', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Client',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=60, unique=True)),
                ('title', models.CharField(max_length=120)),
                ('secret_hash', models.CharField(max_length=64)),
                ('scopes', models.TextField()),
                ('made_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.account')),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.post')),
                ('sender', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.sender')),
            ],
        ),
        migrations.CreateModel(
            name='AccessToken',
            fields=[
                ('hash', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('scopes', models.TextField()),
                ('expires_at', models.DateTimeField(db_index=True)),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='exchange.client')),
            ],
        ),
        # By hand, for column types and index shapes that no model can say.
        migrations.RunSQL(STORE, UNDO, state_operations=[
            migrations.CreateModel(
                name='Resource',
                fields=[
                    ('key', models.BigIntegerField(primary_key=True, serialize=False)),
                    ('type', models.CharField(max_length=40)),
                    ('id', models.CharField(max_length=64)),
                    ('version', models.IntegerField()),
                    ('at', models.DateTimeField()),
                    ('deleted', models.BooleanField()),
                    ('method', models.CharField(max_length=6)),
                    ('also', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), null=True, size=None)),
                    ('classes', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                    ('body', models.TextField()),
                    ('person', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='residents.resident')),
                    ('sender', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.sender')),
                ],
                options={'db_table': 'exchange_resource'},
            ),
            migrations.AddConstraint(
                model_name='resource',
                constraint=models.UniqueConstraint(fields=('type', 'id'), name='exchange_resource_once'),
            ),
        ]),
    ]
