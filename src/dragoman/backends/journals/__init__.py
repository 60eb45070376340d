"""Journals: SQLite and PostgreSQL through SQLAlchemy."""
