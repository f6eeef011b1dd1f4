"""Which files a project has.

Git is asked when there is one, because it alone knows what is ignored; otherwise the folders are walked. The linted repository is not
trusted: git is called so that nothing its configuration names can run, and no symbolic link is followed. A link inside the root points
to a file that is listed anyway, or to one that was asked out; one that leaves the root must not be read.

Trees of installed packages (`.venv`, `node_modules`, …) are never listed. Copies of other people's code (`vendor/`, `third_party/`) are
listed with the class GENERATED.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from launchlint.globs import matcher
from launchlint.model.source import SourceFile
from launchlint.pathclass import format_of, path_class_of

READ_LIMIT = 5 * 1024 * 1024
"""Bytes. A larger file is listed, and reported as unread by whoever would read it."""

_GIT_TIMEOUT = 60.0  # seconds
_NEVER = frozenset(
    (
        ".git", ".hg", ".svn", ".venv", "venv", "node_modules", "bower_components", "site-packages", "__pycache__", "__pypackages__", ".tox", ".nox",
        ".eggs", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".ipynb_checkpoints", ".terraform", ".direnv",
    ),
)  # fmt: skip
# In a git repository a tracked `build/` is source; without git it is nearly always output.
_NEVER_WALKED = _NEVER | {"build", "dist", "target", ".cache", ".next", ".idea", "htmlcov"}


def project_root(start: Path, config: Path | None = None) -> Path:
    """The root of the project that `start` (a file or a folder) belongs to.

    `config` is the configuration file in use. Its folder is the root when it lies above `start`; a configuration from elsewhere only sets
    options. Otherwise the root is the nearest folder with a `.git`, else `start` itself (the folder of a file).
    """
    start = start.resolve()
    folder = start if start.is_dir() else start.parent
    above = (folder, *folder.parents)
    if config is not None and config.resolve().parent in above:
        return config.resolve().parent
    return next((each for each in above if (each / ".git").exists()), folder)


def source_file(root: Path, path: str, size: int) -> SourceFile:
    """Describe one file by name: `path` is POSIX and relative to `root`, `size` is in bytes; nothing is read."""
    return SourceFile(_printable(path), f"{root}{os.sep}{path}", format_of(path), path_class_of(path), size)


def discover(root: Path, exclude: Sequence[str] = (), wanted: Callable[[str], bool] = lambda _: True, *, untracked: bool = True) -> list[SourceFile]:
    """All regular files under `root`, sorted by path; `exclude` are globs as in `launchlint.globs`. Of paths that are not `wanted` nothing is looked up.

    Without `untracked` only what is in git's index is listed, which takes a fifth of the time in a large repository.
    Deleted files, submodules, symbolic links, FIFOs, sockets and devices are left out. Raises NotADirectoryError when `root` is no folder.
    """
    if not root.is_dir():
        raise NotADirectoryError(root)
    root = root.resolve()
    names = _listed(root, untracked)
    found = list(_regular(root, filter(wanted, names)))
    # Git lists nothing for a folder that the repository around it ignores.
    if not found and not any(True for _ in _regular(root, names)):
        found = [(path, size) for path, size in _walked(root) if wanted(path)]
    excluded = matcher(exclude)
    files = [source_file(root, path, size) for path, size in found if not excluded(path)]
    files.sort(key=lambda file: file.path)
    return files


def _printable(path: str) -> str:
    """A file name may be any bytes; what is reported is valid Unicode."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return os.fsencode(path).decode("utf-8", "backslashreplace")
    return path


# ---------------------------------------------------------------- git


def _listed(root: Path, untracked: bool) -> list[str]:
    """The paths that git lists under `root`; empty when there is no git, no repository, or git refuses it."""
    import subprocess

    git = _git(root)
    if git is None or not any((folder / ".git").exists() for folder in (root, *root.parents)):
        return []
    # Git refuses a repository that belongs to another user; that refusal is respected, and the folders are walked.
    command = [
        git, "--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.untrackedCache=false",
        "-c", "core.sshCommand=false", "-c", "submodule.recurse=false", "-c", "safe.bareRepository=explicit",
        "ls-files", "-z", "--cached", *(("--others", "--exclude-standard") if untracked else ()), "--deduplicate",
    ]  # fmt: skip
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command, found outside the linted project
            command, cwd=root, env=_environment(), stdin=subprocess.DEVNULL, capture_output=True, timeout=_GIT_TIMEOUT, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return []
    if done.returncode != 0:
        return []
    return os.fsdecode(done.stdout).split("\0")[:-1]


def _git(root: Path) -> str | None:
    """The git program, taken only from absolute folders of PATH outside the linted project."""
    name = "git.exe" if os.name == "nt" else "git"
    for folder in os.get_exec_path():
        candidate = Path(folder, name)
        if candidate.is_absolute() and os.access(candidate, os.X_OK) and not candidate.is_relative_to(root):
            return str(candidate)
    return None


def _environment() -> dict[str, str]:
    """The environment without what redirects git (a git hook sets GIT_DIR and GIT_INDEX_FILE)."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name == "GIT_CEILING_DIRECTORIES"}
    # Expanding a sparse index of a partial clone would fetch, through programs that the repository names: no protocol, no fetch.
    return {
        **clean, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none",
        "GIT_PAGER": "cat", "LC_ALL": "C",
    }  # fmt: skip


def _regular(root: Path, paths: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Those of `paths` that are regular files behind no symbolic link and in no installed tree."""
    base = f"{root}{os.sep}"
    plain = {"": True}

    def is_plain(folder: str) -> bool:
        known = plain.get(folder)
        if known is None:
            parent, _, name = folder.rpartition("/")
            known = plain[folder] = name not in _NEVER and is_plain(parent) and _is_folder(base + folder)
        return known

    for path in paths:
        folder, _, name = path.rpartition("/")
        # A submodule that is checked out in place ends with a slash, a work tree that is set elsewhere gives "..".
        if not name or folder.startswith("..") or not is_plain(folder):
            continue
        try:
            status = os.lstat(base + path)
        except OSError:
            continue
        if stat.S_ISREG(status.st_mode):
            yield path, status.st_size


def _is_folder(path: str) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False


# ---------------------------------------------------------------- walk


def _walked(root: Path) -> Iterator[tuple[str, int]]:
    """(path, size) of the regular files under `root`, without installed and built trees. Unreadable folders are passed over."""
    pending = [""]
    while pending:
        prefix = pending.pop()
        try:
            with os.scandir(os.path.join(root, prefix)) as entries:  # noqa: PTH118 - `prefix` may be empty and must stay text
                inside = list(entries)
        except OSError:
            continue
        if prefix and any(entry.name == "pyvenv.cfg" for entry in inside):
            continue
        for entry in inside:
            try:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in _NEVER_WALKED and not entry.name.endswith(".egg-info"):
                        pending.append(f"{prefix}{entry.name}/")
                elif entry.is_file(follow_symlinks=False):
                    yield prefix + entry.name, entry.stat(follow_symlinks=False).st_size
            except OSError:
                continue
