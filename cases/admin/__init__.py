from cases.admin import age, callback, case, category, contact, emergency, partner, people, place, privacy

__all__ = ["age", "callback", "case", "category", "contact", "emergency", "partner", "people", "place", "privacy"]
