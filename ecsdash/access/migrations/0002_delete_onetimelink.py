from django.db import migrations


class Migration(migrations.Migration):
    """The demo keeps its sign-in links in the cache."""

    dependencies = [("access", "0001_initial")]
    operations = [migrations.DeleteModel(name="OneTimeLink")]
