"""What ends a command, or the start of the server, and is the person's to put right."""

import sys

import click

# The names of the exceptions, by the module that has them.
REFUSED = {
    "model.predict.card_file": ("NotTrained", "Tampered"),
    "model.predict.catalog": ("BadModel", "UnknownModel"),
    "model.vision.network": ("NetworkChanged",),
    "webapp.commands.database": ("NoDatabase",),
    "webapp.commands.person": ("NoPerson",),
    "webapp.commands.serve": ("ServerProblem",),
    "webapp.settings": ("BadSetting",),
    "webapp.store.opening": ("Outdated", "UnknownRevision", "Away"),
}


class Refusal(click.ClickException):
    """What the person has to put right before the command can begin."""

    exit_code = 2


def refusals() -> tuple[type[BaseException], ...]:
    """What nobody has imported, nobody can have raised."""
    there = [(sys.modules[module], names) for module, names in REFUSED.items() if module in sys.modules]
    return tuple([getattr(module, name) for module, names in there for name in names])
