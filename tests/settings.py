"""The portal's own settings, with what tests change: the database, cheap passwords, a folder that goes away."""

import os
import tempfile

# Held in a name for as long as the process lives; removed with everything in it when the process ends.
_folder = tempfile.TemporaryDirectory(prefix="portal-tests-")

os.environ |= {
    "VAR_DIR": _folder.name,
    "SECRET_KEY": "only-for-tests-and-never-anywhere-else-0123456789",
    "DATABASE_URL": os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{_folder.name}/portal.sqlite3",
    # What a person has set for their own `make run` must not change what the tests see.
    "PRODUCTION": "",
    "PROCESS": "",
    "REPLICA_URL": "",
    "DEBUG": "",
    "DEMO": "",
    "EMAIL_URL": "memorymail://",
    "BASE_URL": "http://testserver",
}

from portal.settings import *  # noqa: E402, F403
from portal.settings import DATABASES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file and not memory: threads then have connections of their own, as in the portal, and a race is a real race.
    DATABASES["default"]["TEST"] = {"NAME": f"{_folder.name}/test.sqlite3"}
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
else:
    # The test database is dropped at the end, which a connection kept open would stop.
    DATABASES["default"]["CONN_MAX_AGE"] = 0
