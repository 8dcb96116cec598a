from django.db import migrations

from marketplace.kernel.triggers import InstallTriggers


class Migration(migrations.Migration):

    dependencies = [
        ('api', '0002_more_events'),
    ]

    operations = [
        InstallTriggers('sellers.api.guards'),
    ]
