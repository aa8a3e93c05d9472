"""gunicorn in Likely's place: SECRET_KEY=... gunicorn --config deploy/gunicorn.conf.py webapp.wsgi:app"""

import os

preload_app = True
workers = 2
threads = 16
# A quarter of a worker's threads for one client.
os.environ.setdefault("LIKELY_CLIENT_REQUESTS", "4")
# Below, gunicorn writes malformed request lines to its log, and with them what somebody entered.
loglevel = "error"
# Else whoever asks from this machine says by a header where the site is mounted, and gunicorn answers 500 if it is not.
forwarder_headers = ""
