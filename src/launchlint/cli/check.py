"""`launchlint check`."""

from __future__ import annotations

import time
from collections.abc import Sequence

import click

from launchlint.config import INCLUDABLE
from launchlint.model.finding import Outcome, Severity
from launchlint.report import FORMATS

from . import CLEAN, FAULT, FOUND
from . import output as out

_LEVELS = click.Choice([level.value for level in reversed(Severity)])


def _split(_context: click.Context, _parameter: click.Parameter, values: Sequence[str]) -> tuple[str, ...]:
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())


@click.command(
    "check",
    short_help="Lint files, folders or the whole project.",
    epilog="""\b
Examples:
  launchlint check
  launchlint check services/bot --fail-on error
  launchlint check --select keys,cors --statistics
  launchlint check --staged
  launchlint check --stdin-filename src/agent.py --output-format concise - < buffer

\b
Exit codes: 0 clean, 1 a finding at or above --fail-on, 2 usage or configuration error,
3 a fault of launchlint's own (the output is complete nevertheless).""",
)
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@click.option("--select", multiple=True, callback=_split, metavar="RULES", help="Only these rules or families, separated by commas; ALL is every stable one.")
@click.option("--ignore", multiple=True, callback=_split, metavar="RULES", help="Not these rules or families.")
@click.option("--preview/--no-preview", default=None, help="Run preview rules too.")
@click.option("--severity", multiple=True, metavar="LEVEL|RULE=LEVEL", help="Report this level and above, or give a rule another level (or `off`).")
@click.option("--fail-on", type=_LEVELS, help="The mildest level that makes the exit code 1.  [default: warning]")
@click.option("--fail-on-unread", is_flag=True, default=None, help="Exit with 1 when a file could not be read.")
@click.option("--include", multiple=True, callback=_split, metavar="CLASSES", help=f"Look for violations here too: {', '.join(INCLUDABLE)}.")
@click.option("--exclude", multiple=True, callback=_split, metavar="GLOBS", help="Leave these paths out.")
@click.option("--force-exclude", is_flag=True, help="Leave excluded paths out even when they are named.")
@click.option("--output-format", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--output-file", metavar="FILE", help="Write there instead of to stdout, in one step.")
@click.option("--statistics", is_flag=True, help="Count findings by rule instead of listing them (text and concise).")
@click.option("-q", "--quiet", is_flag=True, help="Print findings only.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True)
@click.option("--no-progress", is_flag=True, help="Show no progress, however long it takes.")
@click.option("--config", "config_file", metavar="FILE", help="Read this configuration instead of the nearest one.")
@click.option("--no-config", is_flag=True, help="Read no configuration: for repositories that are not trusted.")
@click.option("--stdin-filename", metavar="FILE", help="The name of the file that comes on stdin, with the path `-`.")
@click.option("--staged", is_flag=True, help="Check what is staged in git, as it is staged.")
@click.option("--jobs", type=click.IntRange(min=0), default=0, metavar="N", help="Processes; 0 takes more than one only when it pays.  [default: 0]")
@click.option("--sarif-category", default="", metavar="NAME", help="Tells several SARIF uploads of one repository apart.")
def command(
    paths: tuple[str, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    preview: bool | None,
    severity: tuple[str, ...],
    fail_on: str | None,
    fail_on_unread: bool | None,
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    force_exclude: bool,
    output_format: str,
    output_file: str | None,
    statistics: bool,
    quiet: bool,
    color: str,
    no_progress: bool,
    config_file: str | None,
    no_config: bool,
    stdin_filename: str | None,
    staged: bool,
    jobs: int,
    sarif_category: str,
) -> int:
    """Lint PATHS: files, folders or, with nothing given, the current folder.

    A folder is linted with everything in its project; paths only choose what is reported. Files are linted with the modules they import.
    """
    from launchlint.config import ConfigError
    from launchlint.engine.contents import NoIndexError
    from launchlint.engine.run import check
    from launchlint.report import render
    from launchlint.report.context import Context

    from . import target as targets

    started = time.monotonic()
    file = out.writable(output_file) if output_file is not None else None
    grading = targets.grading(severity)
    target = targets.find(paths, stdin_filename, config_file, no_config, staged)
    try:
        config = target.config.override(
            select=select,
            ignore=ignore,
            severity=grading.rules,
            include=include,
            exclude=exclude,
            fail_on=fail_on,
            preview=preview,
            fail_on_unread=fail_on_unread,
        )
    except ConfigError as error:
        raise targets.usage(error) from None
    progress = out.Progress(not (no_progress or quiet))
    request = targets.request(target, config, grading.minimum, force_exclude=force_exclude, staged=staged, jobs=jobs, progress=progress)
    try:
        checked = check(request)
    except NoIndexError as error:
        raise click.ClickException(f"--staged: {error}") from None
    finally:
        progress.clear()
    context = Context(
        registry=request.registry,
        sources=checked.sources,
        root=target.root,
        read=target.read,
        seconds=time.monotonic() - started,
        colour=out.use_colour(color, file),
        quiet=quiet,
        category=sarif_category,
    )
    if statistics and output_format in ("text", "concise"):
        from launchlint.report.text import statistics as counted

        out.write(counted(checked.outcome, context), file)
    else:
        out.write(render(checked.outcome, output_format, context), file)
    if output_format != "text" or file is not None:
        _aside(checked.outcome, context, summarise=file is not None and not quiet)
    return exit_code(checked.outcome, config.fail_on, config.fail_on_unread)


def _aside(outcome: Outcome, context: object, summarise: bool) -> None:
    """What a person should see although the report is for a program, on stderr."""
    from launchlint.report.context import Context
    from launchlint.report.text import summary

    assert isinstance(context, Context)
    for crash in outcome.crashes:
        click.echo(f"launchlint: {crash.rule} failed: {crash.error} (this is our fault, not yours)", err=True)
    if summarise:
        click.echo(summary(outcome, context._replace(colour=False)), err=True)


def exit_code(outcome: Outcome, fail_on: Severity, fail_on_unread: bool) -> int:
    """3 for a fault of our own, 1 for a finding that counts or an unread file that counts, else 0."""
    if outcome.crashes:
        return FAULT
    if any(finding.severity.rank >= fail_on.rank for finding in outcome.findings):
        return FOUND
    return FOUND if fail_on_unread and outcome.unread else CLEAN
