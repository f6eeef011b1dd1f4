from __future__ import annotations

from pathlib import Path

import pytest

from launchlint.config import Config, ConfigError, default, find, load, validate
from launchlint.model.finding import Severity
from launchlint.model.source import PathClass

WHOLE = """\
select = ["output-cap-missing", "keys"]
ignore = ["cors-wildcard"]
preview = true
fail-on = "error"
include = ["tests", "notebooks"]
exclude = ["vendor/"]
fail-on-unread = true

[severity]
http-timeout-missing = "note"
retry-unbounded = "off"

[per-file-ignores]
"scripts/**" = ["output-cap-missing"]
"*.py" = ["keys"]
"""


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def failure(tmp_path: Path, text: str, name: str = "launchlint.toml") -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load(write(tmp_path / name, text))
    assert caught.value.path == str(tmp_path / name)
    return caught.value


def test_everything_is_read(tmp_path: Path) -> None:
    config = load(write(tmp_path / "launchlint.toml", WHOLE))
    assert config.select == ("output-cap-missing", "keys")
    assert config.ignore == ("cors-wildcard",)
    assert config.preview is True
    assert config.fail_on is Severity.ERROR
    assert config.exclude == ("vendor/",)
    assert config.fail_on_unread is True
    assert config.severity == {"http-timeout-missing": Severity.NOTE, "retry-unbounded": None}
    assert config.classes == {PathClass.PROD, PathClass.TEST, PathClass.NOTEBOOK}
    assert config.ignored_in("scripts/a/b.py") == {"output-cap-missing", "keys"}
    assert config.ignored_in("README.md") == frozenset()


def test_the_same_under_tool_launchlint(tmp_path: Path) -> None:
    text = "[project]\nname = 'x'\n[tool.launchlint]\n" + WHOLE.replace("[severity]", "[tool.launchlint.severity]").replace("[per-", "[tool.launchlint.per-")
    config = load(write(tmp_path / "pyproject.toml", text))
    own = load(write(tmp_path / "launchlint.toml", WHOLE))
    assert (config.select, config.severity, config.per_file_ignores) == (own.select, own.severity, own.per_file_ignores)


def test_defaults() -> None:
    assert default() == Config()
    assert default().fail_on is Severity.WARNING
    assert default().classes == {PathClass.PROD}


def test_the_nearest_file_counts_alone(tmp_path: Path) -> None:
    far = write(tmp_path / "launchlint.toml", "preview = true\n")
    write(tmp_path / "a/pyproject.toml", "[tool.other]\nx = 1\n")
    assert find(tmp_path / "a/b.py") == far
    near = write(tmp_path / "a/pyproject.toml", "[tool]\nlaunchlint = { ignore = ['x'] }\n")
    (tmp_path / "a/b").mkdir()
    assert find(tmp_path / "a/b") == near
    assert load(near).preview is False
    assert find(tmp_path / "a") == near
    beside = write(tmp_path / "a/launchlint.toml", "")
    assert find(tmp_path / "a/b") == beside


def test_a_broken_pyproject_matters_only_when_it_speaks_of_launchlint(tmp_path: Path) -> None:
    far = write(tmp_path / "launchlint.toml", "")
    write(tmp_path / "a/pyproject.toml", "[project\n")
    assert find(tmp_path / "a") == far
    write(tmp_path / "a/pyproject.toml", "[tool.launchlint]\npreview = \n")
    with pytest.raises(ConfigError) as caught:
        find(tmp_path / "a")
    assert caught.value.line == 2


@pytest.mark.parametrize(
    ("text", "line", "message", "cure"),
    [
        ("preview = true\nselct = []\n", 2, "unknown key `selct`", "did you mean `select`?"),
        ("plugins = ['x']\n", 1, "unknown key `plugins`", "known keys are select,"),
        ("\n\npreview = 'yes'\n", 3, "`preview` is 'yes'", "true or false"),
        ("select = 'a'\n", 1, "`select` is 'a'", "a list of strings"),
        ("select = ['a', 1]\n", 1, "`select` is ['a', 1]", "a list of strings"),
        ("fail-on = 'eror'\n", 1, "`fail-on` names 'eror'", "did you mean `error`?"),
        ("fail-on = 'off'\n", 1, "`fail-on` names 'off'", "known are error, warning, note"),
        ("[severity]\nx = 'note'\ny = 'loud'\n", 3, "`severity.y` names 'loud'", "known are error, warning, note, off"),
        ("severity = 1\n", 1, "`severity` is 1", "a table"),
        ("include = [\n 'test',\n]\n", 1, "`include` names 'test'", "did you mean `tests`?"),
        ("[per-file-ignores]\n'a' = 'b'\n", 2, "`per-file-ignores.a` is 'b'", "a list of strings"),
        ("preview = true\npreview = [\n", 3, "not TOML", "correct the syntax"),
        ("# x\na = 1 2\n", 2, "not TOML", "correct the syntax"),
    ],
)
def test_mistakes_name_line_and_cure(tmp_path: Path, text: str, line: int, message: str, cure: str) -> None:
    error = failure(tmp_path, text)
    assert error.line == line
    assert message in error.message
    assert cure in error.cure
    assert f"launchlint.toml:{line}: " in str(error)


def test_lines_in_pyproject(tmp_path: Path) -> None:
    assert failure(tmp_path, "[project]\nname = 'x'\n\n[tool.launchlint]\nseverty = {}\n", "pyproject.toml").line == 5
    assert failure(tmp_path, "[tool]\nlaunchlint = 3\n", "pyproject.toml").line == 2
    assert failure(tmp_path, "[project]\nname = 'x'\n", "pyproject.toml").line is None


def test_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "launchlint.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "launchlint.toml")
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "missing.toml")


def test_unknown_rules_are_named_with_their_line(tmp_path: Path) -> None:
    known = {"output-cap-missing", "keys", "cors-wildcard", "http-timeout-missing", "retry-unbounded"}
    config = load(write(tmp_path / "launchlint.toml", WHOLE))
    validate(config, known)
    with pytest.raises(ConfigError) as caught:
        validate(config, known - {"retry-unbounded"})
    assert caught.value.line == 11
    with pytest.raises(ConfigError) as caught:
        validate(config.override(select=["output-cap-mising"]), known)
    assert (caught.value.path, caught.value.line, caught.value.cure) == ("command line", None, "did you mean `output-cap-missing`?")


def test_the_command_line_goes_on_top(tmp_path: Path) -> None:
    config = load(write(tmp_path / "launchlint.toml", WHOLE))
    over = config.override(select=["x"], ignore=["y"], severity={"retry-unbounded": "error"}, fail_on="note", include=["docs"], exclude=["z"], preview=False)
    assert over.select == ("x",)
    assert over.ignore == ("cors-wildcard", "y")
    assert over.severity == {"http-timeout-missing": Severity.NOTE, "retry-unbounded": Severity.ERROR}
    assert (over.fail_on, over.preview, over.fail_on_unread) == (Severity.NOTE, False, True)
    assert over.classes == {PathClass.PROD, PathClass.DOCS}
    assert over.exclude == ("vendor/", "z")
    assert config.override() == config
    with pytest.raises(ConfigError, match="command line: `include` names 'test'"):
        config.override(include=["test"])
    with pytest.raises(ConfigError, match=r"`severity\.a` names 'loud'"):
        config.override(severity={"a": "loud"})
