"""Likely's commands: `python run.py` serves, the others train and check the models and score files."""

import sys

OWN = ("webapp", "model", "data")

if __name__ == "__main__":
    try:
        # Here, since each worker of the server reads this file again and needs none of the commands.
        from webapp.commands.main import main

        main()
    except ModuleNotFoundError as fault:
        if str(fault.name).partition(".")[0] in OWN:
            raise
        sys.exit(
            f"Error: {sys.executable} has no {fault.name}. Start Likely by the Python that has what it "
            "needs: .venv/bin/python run.py, if it was set up as README.md says"
        )
