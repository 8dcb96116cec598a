from django.db import migrations

from marketplace.kernel.triggers import InstallTriggers


class Migration(migrations.Migration):
    dependencies = [("orders", "0003_initial")]
    operations = [InstallTriggers("marketplace.orders.guards")]
