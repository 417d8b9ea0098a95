"""The screens of the supervisors: wallboard, queue review, reviews, hand-over, reports."""
