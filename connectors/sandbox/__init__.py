"""A faithful local stand-in for Google (OAuth, Drive v3, Sheets v4): one ASGI app for tests and for the demo workspace."""
