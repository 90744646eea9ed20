from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("loyalty", "0006_points_for_more"),
    ]

    operations = [
        migrations.AlterField(
            model_name="pointsentry",
            name="key",
            field=models.CharField(max_length=120),
        ),
        migrations.AddConstraint(
            model_name="pointsentry",
            constraint=models.UniqueConstraint(fields=("key",), name="points_entry_once"),
        ),
    ]
