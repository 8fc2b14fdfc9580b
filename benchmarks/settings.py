"""The portal as it runs in production, with what is needed to measure it: a floor page, and timings in the answers."""

import os

os.environ |= {
    "PRODUCTION": "1",
    "DEBUG": "",
    "DEMO": "",
    "SECRET_KEY": "only-for-benchmarks-and-never-anywhere-else-0123456789",
    "ALLOWED_HOSTS": "127.0.0.1,testserver",
    "SECURE_SSL_REDIRECT": "",  # measured without the proxy that would speak TLS
    "EMAIL_URL": "memorymail://",
}

from portal.settings import *  # noqa: F403
from portal.settings import LOGGING, REST_FRAMEWORK
from portal.settings import MIDDLEWARE as _MIDDLEWARE

MIDDLEWARE = ["benchmarks.served.timed", *_MIDDLEWARE]
ROOT_URLCONF = "benchmarks.served"
# The limits of the API would measure something else.
REST_FRAMEWORK |= {"DEFAULT_THROTTLE_CLASSES": []}
# That an address leads nowhere, or not for this reader, is tried on purpose.
LOGGING |= {"loggers": {"django": {"level": "ERROR"}}}
