"""The user's files: safe opening, atomic writing, copies instead of overwriting, names that every system can hold."""
