"""Likely's commands: `python run.py` serves, the others train and check the models and score files."""

from webapp.commands import main

if __name__ == "__main__":
    main()
