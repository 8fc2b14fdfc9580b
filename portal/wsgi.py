"""The WSGI entry that gunicorn serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("PROCESS", "web")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = get_wsgi_application()

# A request makes and drops thousands of small objects. To look for lost ones less often, and never among what is loaded
# by now, takes a twelfth off every page.
gc.freeze()
gc.set_threshold(50_000, 20, 50)
