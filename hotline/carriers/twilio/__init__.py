"""Twilio: what is asked of it (client), what it tells us (webhooks), and the proof that it is it (signature)."""
