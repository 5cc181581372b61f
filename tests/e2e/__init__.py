"""The main job in a real browser, against a real server on a cold data folder."""
