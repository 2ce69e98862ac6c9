"""SQLite at home: one file holds the night log and the library."""
