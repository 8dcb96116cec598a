from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("vouchers", "0001_initial"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="voucher",
            options={
                "permissions": [("see_code", "Can see whole codes, which is enough to pay with them")],
                "verbose_name": "voucher",
                "verbose_name_plural": "vouchers",
            },
        ),
    ]
