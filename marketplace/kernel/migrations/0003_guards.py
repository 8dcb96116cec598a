from django.db import migrations

from marketplace.kernel.triggers import InstallTriggers


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_initial")]
    operations = [InstallTriggers("marketplace.kernel.guards")]
