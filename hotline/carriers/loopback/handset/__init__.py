"""The web handset: a page that can be any telephone."""
