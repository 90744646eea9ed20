from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0003_idempotent_requests"),
    ]

    operations = [
        migrations.AddField(
            model_name="job",
            name="lock",
            field=models.CharField(blank=True, default="", max_length=100),
        ),
    ]
