"""The starting data of a city: JSON in each app's city/ folder, written into the database by `manage.py load_city`.

A row that is there already stays as somebody changed it; only what has run out (shifts, certificates, permits) is renewed.
"""
