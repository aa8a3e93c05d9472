"""What is kept: cases, what really happened, people and what they may. SQL lives in this room alone.

`opening` and `current` import nothing of SQLAlchemy; every other module does, and is imported by the first
request that needs it. Only the web's own settings and locks lie below this room.
"""
