from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("services", "0018_restore_points"),
    ]

    operations = [
        migrations.AddField(
            model_name="servicedeployment",
            name="progress",
            field=models.JSONField(
                db_default=models.Value({}, models.JSONField()),
                default=dict,
                help_text="When it reached its stages, and its shifts of traffic",
            ),
        ),
    ]
