"""Marks of change, and room for the one update that every returning buyer makes.

``profile_seen_at`` moves with each newer order. It is no fact anyone reads elsewhere, so it marks no change; with that
and some free space in each page PostgreSQL can update it in place, without touching the indexes.
"""

from django.db import migrations

from guanxi.core.changes import track_changes

WATCHED = (
    "name, phone, email, address, birth_date, name_tokens, gender, birth_year, birth_month, country, region, city,"
    " language, has_email, has_phone, source, first_shop_id, created_at, updated_at, erased_at"
)
MARK = f"""
CREATE TRIGGER customers_customer_mark_change BEFORE UPDATE OF {WATCHED} ON customers_customer
  FOR EACH ROW EXECUTE FUNCTION guanxi_mark_change();
ALTER TABLE customers_customer SET (fillfactor = 85);
"""
NO_MARK = """
DROP TRIGGER customers_customer_mark_change ON customers_customer;
ALTER TABLE customers_customer RESET (fillfactor);
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial"), ("core", "0002_event_log_and_changes")]

    operations = [
        migrations.RunSQL(MARK, NO_MARK),
        *track_changes("customers_customertag", "customers_consententry"),
    ]
