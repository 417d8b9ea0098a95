"""The REST interface under /2010-04-01, a module per resource."""
