"""Likely's commands: `python run.py` serves, the others train and check the models and score files."""

import gc

# Modules stay, so looking for garbage while they are imported takes a twentieth of the start for nothing.
gc.set_threshold(10_000)

from webapp.commands import main  # noqa: E402 - after what has to come first

if __name__ == "__main__":
    main()
