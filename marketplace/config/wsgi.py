"""What the web server serves."""

import os

from django.core.wsgi import get_wsgi_application

from marketplace.config import environment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.config.settings")
environment.require("SECRET_KEY", "FIELD_ENCRYPTION_KEYS", "ALLOWED_HOSTS")

application = get_wsgi_application()
