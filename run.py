"""Likely's commands: `python run.py` serves, the others train and check the models and score files."""

import gc

# Modules stay, so looking for garbage often while they are imported takes a twentieth of the start for nothing.
# What runs afterwards makes little garbage, and is looked through after every ten thousand objects too.
gc.set_threshold(10_000)

from webapp.commands.main import main  # noqa: E402 - after what has to come first

if __name__ == "__main__":
    main()
