"""HTTP beside the pages: health, the session cookie, callbacks of vendors.

Each module declares `ROUTES`, a list of Starlette routes; `all_routes` collects them for app.py. Handlers are plain `def`, so that
Starlette runs them on a thread: the loop belongs to the websockets. A user's route wins over a page of the same path: keep prefixes.
"""
