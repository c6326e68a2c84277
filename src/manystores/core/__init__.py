"""Database, ids, clock, money, settings, errors, auth: what every context stands on."""
