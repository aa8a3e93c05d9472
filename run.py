"""Likely's commands: `python run.py` serves, the others train and check the models and score files."""

if __name__ == "__main__":
    # Here, since each worker of the server reads this file again and needs none of the commands.
    from webapp.commands.main import main

    main()
