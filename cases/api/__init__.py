"""The interface for partners: /api/v1/. Views translate; the rules are in cases.partners."""
