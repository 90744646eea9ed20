from django.db import migrations

from guanxi.core.changes import track_changes


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial"), ("core", "0002_event_log_and_changes")]

    operations = track_changes("customers_customer", "customers_customertag", "customers_consententry")
