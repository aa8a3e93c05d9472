"""Likely's commands: `python run.py` serves, and the others train and check the models."""

from webapp.commands import main

if __name__ == "__main__":
    main()
