"""The whole hotline on one machine: PostgreSQL and Valkey from their wheels, kept running by supervisord.

`python -m hotline.embedded COMMAND` is what the Makefile calls. Everything lives under .var (or HOTLINE_VAR), so several
checkouts and several users share a machine without meeting. DATABASE_URL, REDIS_URL and the TWILIO_* settings each
replace the embedded part they name.
"""
