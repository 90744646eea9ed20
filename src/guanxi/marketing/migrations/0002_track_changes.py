from django.db import migrations

from guanxi.core.changes import track_changes


class Migration(migrations.Migration):
    dependencies = [("marketing", "0001_initial"), ("core", "0002_event_log_and_changes")]

    operations = track_changes("marketing_campaignmember")
