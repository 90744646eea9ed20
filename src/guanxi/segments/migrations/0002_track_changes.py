from django.db import migrations

from guanxi.core.changes import track_changes


class Migration(migrations.Migration):
    dependencies = [("segments", "0001_initial"), ("core", "0002_event_log_and_changes")]

    operations = track_changes("segments_membership")
