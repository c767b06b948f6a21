"""The trail and its seals: append-only by trigger, partitioned by month, every new entry queued for sealing."""

from django.db import migrations


FORWARD = """
CREATE TABLE audit_entry (
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL,
    kind varchar(8) NOT NULL CHECK (kind IN ('write', 'read', 'refusal', 'session')),
    action varchar(80) NOT NULL,
    sentence text NOT NULL,
    account_id bigint,
    post_id bigint,
    actor varchar(200) NOT NULL,
    role varchar(40) NOT NULL,
    unit_id bigint,
    persons bigint[] NOT NULL,
    basis varchar(40) NOT NULL,
    subject varchar(80) NOT NULL,
    facts jsonb NOT NULL,
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE TABLE audit_entry_rest PARTITION OF audit_entry DEFAULT;
CREATE INDEX audit_entry_persons ON audit_entry USING gin (persons);
CREATE INDEX audit_entry_account ON audit_entry (account_id, at DESC);
CREATE INDEX audit_entry_at ON audit_entry (at DESC, id DESC);
CREATE INDEX audit_entry_subject ON audit_entry (subject, id DESC) WHERE subject <> '';

CREATE TABLE audit_unsealed (entry_id bigint PRIMARY KEY);

CREATE TABLE audit_seal (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sealed_at timestamptz NOT NULL,
    ids int8multirange NOT NULL,
    columns varchar(40)[] NOT NULL,
    entries integer NOT NULL CHECK (entries > 0),
    previous varchar(64) NOT NULL UNIQUE,
    hash varchar(64) NOT NULL UNIQUE
);

CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only (%)', TG_TABLE_NAME;
END $$;
CREATE FUNCTION audit_queue_for_sealing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_unsealed VALUES (NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
-- A statement's trigger does not reach from the parent to its partitions: each carries its own.
CREATE TRIGGER audit_entry_rest_no_truncate BEFORE TRUNCATE ON audit_entry_rest
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_entry_queued AFTER INSERT ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_queue_for_sealing();
CREATE TRIGGER audit_seal_append_only BEFORE UPDATE OR DELETE ON audit_seal
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_seal_no_truncate BEFORE TRUNCATE ON audit_seal
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
"""

BACKWARD = """
DROP TABLE audit_entry; DROP TABLE audit_seal; DROP TABLE audit_unsealed;
DROP FUNCTION audit_refuse_change(); DROP FUNCTION audit_queue_for_sealing();
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
