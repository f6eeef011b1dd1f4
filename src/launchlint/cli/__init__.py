"""The command line: `launchlint check`, `explain`, `rules`, `facts`."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from launchlint import __version__

CLEAN, FOUND, USAGE, FAULT, INTERRUPTED = 0, 1, 2, 3, 130
_COMMANDS = ("check", "explain", "facts", "rules")


class _Commands(click.Group):
    """Loads the module of a command when the command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"launchlint.cli.{cmd_name}").command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in _COMMANDS and not name.startswith("-"):
            from difflib import get_close_matches

            close = get_close_matches(name, _COMMANDS, 1)
            cure = f"Did you mean '{close[0]}'?" if close else f"Commands are {', '.join(_COMMANDS)}. To lint a path: launchlint check {name}"
            raise click.UsageError(f"No such command '{name}'. {cure}", ctx)
        return super().resolve_command(ctx, args)


@click.command(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  launchlint check                    the project around the current folder
  launchlint check src/agent.py       one file and what it imports
  launchlint check --output-format sarif --output-file launchlint.sarif
  launchlint explain output-cap-missing""",
)
@click.version_option(__version__, message="launchlint %(version)s")
def group() -> None:
    """Find what stands between an AI system and production: in its Python source and its configuration."""


def main() -> None:
    """Run and leave with the exit code: 0 clean, 1 findings, 2 usage or configuration error, 3 a fault of launchlint's own."""
    code = run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
    # The facts of a large project are millions of objects; to free them one by one takes a tenth of the run.
    os._exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run with these arguments and give the exit code. Prints no traceback, whatever happens."""
    for stream in (sys.stdout, sys.stderr):
        # Source text may hold what the terminal's encoding does not.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        result = group.main(list(arguments), prog_name="launchlint", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo("launchlint: interrupted", err=True)
        return INTERRUPTED
    except Exception as error:
        text = " ".join(str(error).split())[:300]
        click.echo(f"launchlint: {type(error).__name__}{': ' if text else ''}{text} (this is our fault, not yours: please report it)", err=True)
        return FAULT
    return result if isinstance(result, int) else CLEAN
