"""The carrier's own HTTP interface under /loopback/, for tests, for playing scenarios and for the web handset."""
