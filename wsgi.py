"""The web application for a WSGI server: `wsgi:app`."""

from webapp.app import create_app
from webapp.config import read_config

app = create_app(read_config())
