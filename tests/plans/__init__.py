"""A seeded generator of media plans in every shape, language and mess, with the truth about each."""
