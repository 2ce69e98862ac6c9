"""Calling an adult, by their own phone: through Home Assistant's app, or through Apprise."""
