"""How data that the project carries was made; run by hand, when a source changes."""
