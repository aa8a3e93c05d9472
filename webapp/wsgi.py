"""For other servers: `gunicorn webapp.wsgi:app`, `waitress-serve webapp.wsgi:app`. SECRET_KEY must be set."""

import os

from . import create_app
from .settings import BadSetting

if not os.environ.get("SECRET_KEY"):
    raise BadSetting(
        "SECRET_KEY must be set when another server runs Likely: at least 16 characters that nobody can guess"
    )

# The second name is the one that gunicorn, mod_wsgi and the tutorial look for.
app = application = create_app()
