"""The web application, for granian or any WSGI server."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guanxi.config.settings")

django = get_wsgi_application()

from guanxi.visits.collecting import Collector  # noqa: E402  # its tables are known only now

application = Collector(django)

gc.collect()
gc.freeze()  # what is loaded by now stays; to look through it for garbage stops every request for 75 ms
