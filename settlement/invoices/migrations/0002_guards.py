from django.db import migrations

from marketplace.kernel.triggers import InstallTriggers


class Migration(migrations.Migration):
    dependencies = [("invoices", "0001_initial")]
    operations = [InstallTriggers("settlement.invoices.guards")]
