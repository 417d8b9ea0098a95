from cases.admin import callback, case, category, contact, emergency, partner, people, place, privacy

__all__ = ["callback", "case", "category", "contact", "emergency", "partner", "people", "place", "privacy"]
