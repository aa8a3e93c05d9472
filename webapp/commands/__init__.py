"""What `python run.py` does, a module a command."""
