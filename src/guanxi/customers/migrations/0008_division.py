"""The division of China that an address lies in, with a mark of change of its own beside that of the other columns."""

from django.db import migrations, models

MARK = """
CREATE TRIGGER customers_customer_mark_division BEFORE UPDATE OF division ON customers_customer
  FOR EACH ROW EXECUTE FUNCTION guanxi_mark_change();
"""
NO_MARK = "DROP TRIGGER customers_customer_mark_division ON customers_customer;"


class Migration(migrations.Migration):
    dependencies = [("customers", "0007_owner")]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="division",
            field=models.CharField(blank=True, default="", max_length=6),
        ),
        migrations.AddField(
            model_name="ownprofile",
            name="division",
            field=models.CharField(default="", max_length=6),
        ),
        migrations.RunSQL(MARK, NO_MARK),
    ]
