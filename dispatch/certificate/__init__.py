"""A driver's new test: a page on a signed link where the photo of it is sent."""
