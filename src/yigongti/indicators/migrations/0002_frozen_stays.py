from django.db import migrations

# The cells of a frozen release are changed by nobody; a frozen release keeps what it froze.
FORWARD = """
CREATE FUNCTION indicators_refuse_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE held boolean;
BEGIN
    SELECT true INTO held FROM indicators_release
    WHERE case_id = OLD.release_id AND frozen_at IS NOT NULL;
    IF held THEN RAISE EXCEPTION 'a frozen figure cannot be changed' USING ERRCODE = '23514'; END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE FUNCTION indicators_refuse_addition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE held boolean;
BEGIN
    SELECT true INTO held FROM indicators_release
    WHERE case_id = NEW.release_id AND frozen_at IS NOT NULL;
    IF held THEN RAISE EXCEPTION 'a frozen release takes no more figures' USING ERRCODE = '23514'; END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION indicators_refuse_thaw() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.frozen_at IS NOT NULL AND (NEW.frozen_at IS DISTINCT FROM OLD.frozen_at
        OR NEW.fingerprint IS DISTINCT FROM OLD.fingerprint OR NEW.what IS DISTINCT FROM OLD.what
        OR NEW.level IS DISTINCT FROM OLD.level OR NEW.period IS DISTINCT FROM OLD.period
        OR NEW.version IS DISTINCT FROM OLD.version)
    THEN RAISE EXCEPTION 'a frozen release cannot be thawed' USING ERRCODE = '23514'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER indicators_frozen_stays BEFORE UPDATE OR DELETE ON indicators_frozencell
    FOR EACH ROW EXECUTE FUNCTION indicators_refuse_frozen();
CREATE TRIGGER indicators_frozen_is_whole BEFORE INSERT ON indicators_frozencell
    FOR EACH ROW EXECUTE FUNCTION indicators_refuse_addition();
CREATE TRIGGER indicators_release_stays_frozen BEFORE UPDATE ON indicators_release
    FOR EACH ROW EXECUTE FUNCTION indicators_refuse_thaw();
"""
BACKWARD = """
DROP TRIGGER indicators_frozen_stays ON indicators_frozencell;
DROP TRIGGER indicators_frozen_is_whole ON indicators_frozencell;
DROP TRIGGER indicators_release_stays_frozen ON indicators_release;
DROP FUNCTION indicators_refuse_frozen();
DROP FUNCTION indicators_refuse_addition();
DROP FUNCTION indicators_refuse_thaw();
"""


class Migration(migrations.Migration):
    dependencies = [("indicators", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
