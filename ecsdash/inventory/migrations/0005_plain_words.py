from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("inventory", "0004_event_feeds")]
    operations = [
        migrations.RenameField("sweepstate", "hot_until", "in_progress_until"),
        migrations.RenameField("sweepstate", "pass_started_at", "run_started_at"),
        migrations.RenameField("sweepstate", "parts_done", "clusters_done"),
    ]
