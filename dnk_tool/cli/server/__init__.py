"""The web server: gunicorn, whose threads only ever see whole requests and never wait for a client."""
