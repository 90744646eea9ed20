"""What Django cannot say: marks of change, and template versions that nobody can alter once a message used them."""

from django.db import migrations

from guanxi.core.changes import track_changes

KEPT = """
CREATE FUNCTION messaging_version_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'template version % was used and stays as it is', OLD.id;
END $$;
CREATE TRIGGER messaging_version_kept BEFORE UPDATE OR DELETE ON messaging_templateversion
  FOR EACH ROW WHEN (OLD.used_at IS NOT NULL) EXECUTE FUNCTION messaging_version_kept();
"""
NOT_KEPT = """
DROP TRIGGER messaging_version_kept ON messaging_templateversion;
DROP FUNCTION messaging_version_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_initial"), ("core", "0002_event_log_and_changes")]

    operations = [*track_changes("messaging_message"), migrations.RunSQL(KEPT, NOT_KEPT)]
