from __future__ import annotations

import json
import random

import pytest

from launchlint.documents.errors import Unreadable
from launchlint.documents.lockfiles import Pin, has_pins, normalized, pins
from launchlint.link.versions import Versions, allowed, key


def said(path: str, text: str) -> dict[str, str]:
    return {name: pin.spec for name, pin in pins(path, text.encode()).items()}


def test_names_are_normalised() -> None:
    assert normalized("Flask_CORS") == normalized("flask.cors") == "flask-cors"


@pytest.mark.parametrize("path", ["uv.lock", "poetry.lock", "pdm.lock", "a/b/uv.lock"])
def test_toml_lock_files(path: str) -> None:
    text = 'version = 1\n\n[[package]]\nname = "OpenAI"\nversion = "1.54.3"\ndependencies = [\n    { name = "httpx" },\n]\n\n'
    text += '[[package]]\nname = "httpx"\nversion = "0.27.0"\n'
    assert pins(path, text.encode()) == {"openai": Pin("1.54.3", "==1.54.3", 5, True), "httpx": Pin("0.27.0", "==0.27.0", 12, True)}


def test_a_lock_file_with_two_versions_pins_none() -> None:
    text = '[[package]]\nname = "numpy"\nversion = "1.26"\n[[package]]\nname = "numpy"\nversion = "2.1"\n'
    assert pins("uv.lock", text.encode())["numpy"] == Pin(None, "==1.26 || ==2.1", 3, False)


def test_pipfile_lock_and_pipfile() -> None:
    lock = json.dumps(
        {"_meta": {}, "default": {"openai": {"hashes": ["sha256:0"], "version": "==1.2.3"}}, "develop": {"pytest": {"version": "==8.0"}}}, indent=1
    )
    assert said("Pipfile.lock", lock) == {"openai": "==1.2.3", "pytest": "==8.0"}
    assert said("Pipfile", '[packages]\nopenai = "*"\nhttpx = {version = ">=0.27", extras = ["http2"]}\n') == {"openai": "", "httpx": ">=0.27"}


def test_requirements() -> None:
    text = """# pinned
openai==1.3.0 \\
    --hash=sha256:00 \\
    --hash=sha256:11
langchain-openai[all] ~= 0.2 ; python_version >= "3.11"  # why not
httpx >= 0.27, < 1
requests
-r other.txt
-e .
./local/package
https://example.org/x.whl
tool @ git+https://example.org/tool@main
Flask_Cors (>=4)
"""
    found = pins("requirements.txt", text.encode())
    assert {name: pin.spec for name, pin in found.items()} == {
        "openai": "==1.3.0",
        "langchain-openai": "~=0.2",
        "httpx": ">=0.27,<1",
        "requests": "",
        "tool": "",
        "flask-cors": ">=4",
    }
    assert found["openai"] == Pin("1.3.0", "==1.3.0", 2, True)
    assert found["langchain-openai"].line == 5


def test_pyproject_in_its_dialects() -> None:
    text = """[project]
dependencies = [
    "openai>=1.0",  # sdk
    'anthropic==0.40.0',
]
[project.optional-dependencies]
rag = ["cohere<6"]
[dependency-groups]
test = ["pytest>=8", { include-group = "lint" }]
[tool.poetry.dependencies]
python = "^3.11"
litellm = "^1.50"
boto3 = { version = "1.35.0", extras = ["crt"] }
own = { path = "../own" }
many = [{ version = "<2", python = "<3.12" }, { version = ">=2", python = ">=3.12" }]
[tool.poetry.group.dev.dependencies]
mypy = "*"
"""
    assert said("pyproject.toml", text) == {
        "openai": ">=1.0", "anthropic": "==0.40.0", "cohere": "<6", "pytest": ">=8", "litellm": "^1.50", "boto3": "1.35.0", "own": "",
        "many": "<2 || >=2", "mypy": "",
    }  # fmt: skip
    assert pins("pyproject.toml", text.encode())["anthropic"] == Pin("0.40.0", "==0.40.0", 4, True)
    assert pins("pyproject.toml", text.encode())["boto3"].version == "1.35.0"


def test_setup_files_and_conda() -> None:
    cfg = "[metadata]\nname = x\n[options]\ninstall_requires =\n    openai>=1\n    # note\n    httpx==0.27\n[options.extras_require]\nrag = cohere<6\n"
    assert said("setup.cfg", cfg) == {"openai": ">=1", "httpx": "==0.27", "cohere": "<6"}
    assert pins("setup.cfg", cfg.encode())["httpx"].line == 7
    code = 'setup(name="x", version="1.0", python_requires=">=3.8",\n  install_requires=["openai==1.2", \'httpx[http2]>=0.2\', "plain"])'
    assert said("setup.py", code) == {"openai": "==1.2", "httpx": ">=0.2"}
    conda = "name: env\ndependencies:\n  - python=3.11\n  - numpy=1.26=py311_0\n  - conda-forge::faiss >=1.8\n"
    conda += "  - pip:\n    - openai==1.2\n    - -r requirements.txt\n"
    assert said("environment.yml", conda) == {"python": "==3.11.*", "numpy": "==1.26.*", "faiss": ">=1.8", "openai": "==1.2"}


def test_what_is_no_manifest_says_nothing_and_a_broken_one_is_unreadable() -> None:
    assert not has_pins("src/app.py")
    assert pins("src/app.py", b"openai==1.0") == {}
    assert has_pins("requirements/prod.txt")
    with pytest.raises(Unreadable) as caught:
        pins("pyproject.toml", b"[project]\ndependencies = [\n")
    assert caught.value.line == 3


# ---------------------------------------------------------------- order


def test_versions_are_ordered() -> None:
    rising = ["0.9", "1.0.dev1", "1.0a1", "1.0a2.dev3", "1.0a2", "1.0b1", "1.0rc1", "1.0", "1.0.post1", "1.0.1", "1.2", "1.10", "2"]
    shuffled = random.Random(7).sample(rising, len(rising))
    assert sorted(shuffled, key=lambda version: key(version) or ()) == rising


@pytest.mark.parametrize(("one", "same"), [("1.0", "1.0.0"), ("1.0rc1", "1.0.0-RC.1"), ("1.0+cu118", "1"), ("v2.1", "2.1"), ("1!3.0", "3"), ("0", "0.0")])
def test_equal_versions(one: str, same: str) -> None:
    assert key(one) == key(same) is not None


def test_no_version() -> None:
    assert key("main") is None
    assert key("") is None


@pytest.mark.parametrize(
    ("spec", "low", "high"),
    [
        (">=1.2,<2", "1.2", "2"), ("~=1.4.5", "1.4.5", "1.5"), ("~=1.4", "1.4", "2"), ("~=1.4.0", "1.4", "1.5"), ("==1.*", "1", "2"), ("1.2.*", "1.2", "1.3"),
        ("^1.2", "1.2", "2"), ("^0.2.3", "0.2.3", "0.3"), ("^0.0.3", "0.0.3", "0.0.4"), ("~1.2.3", "1.2.3", "1.3"), ("~1", "1", "2"), (">1 <3", "1", "3"),
        ("!=1.5", None, None), ("", None, None), ("*", None, None), (">=1,!=1.3,<1.9,<3", "1", "1.9"), (">=nonsense,<2", None, "2"),
    ],
)  # fmt: skip
def test_ranges(spec: str, low: str | None, high: str | None) -> None:
    (interval,) = allowed(spec)
    assert interval.low == (None if low is None else key(low))
    assert interval.high == (None if high is None else key(high))


# ---------------------------------------------------------------- in use


def versions(files: dict[str, str]) -> Versions:
    return Versions({path: pins(path, text.encode()) for path, text in files.items()})


def lock(version: str) -> str:
    return f'[[package]]\nname = "openai"\nversion = "{version}"\n'


def test_the_lock_file_goes_before_a_pin_of_the_same_folder() -> None:
    found = versions({"requirements.txt": "openai==1.0", "uv.lock": lock("1.5")})
    assert found.version_of("OpenAI", "src/app.py") == ("1.5", "uv.lock")


def test_the_nearest_folder_decides() -> None:
    found = versions({"uv.lock": lock("2.0"), "backend/requirements.txt": "openai==1.0"})
    assert found.version_of("openai", "backend/app/x.py") == ("1.0", "backend/requirements.txt")
    assert found.version_of("openai", "worker/x.py") == ("2.0", "uv.lock")
    assert found.version_of("openai", "backendish/x.py") == ("2.0", "uv.lock")


def test_a_workspace_lock_settles_a_nearer_range() -> None:
    found = versions({"uv.lock": lock("1.5"), "packages/a/pyproject.toml": '[project]\ndependencies = ["openai>=1,<2"]\n'})
    assert found.version_of("openai", "packages/a/x.py") == ("1.5", "uv.lock")


def test_a_lock_that_contradicts_the_nearer_range_settles_nothing() -> None:
    found = versions({"uv.lock": lock("0.28"), "a/pyproject.toml": '[project]\ndependencies = ["openai>=1,<2"]\n'})
    assert found.version_of("openai", "a/x.py") == (None, "a/pyproject.toml")
    assert found.decide("openai", "a/x.py", "1", None) is True


def test_files_that_disagree_settle_nothing() -> None:
    found = versions({"requirements-a.txt": "openai==1.0", "requirements-b.txt": "openai==2.0"})
    assert found.version_of("openai", "x.py") == (None, None)
    assert found.decide("openai", "x.py", "0.5", "3") is True
    assert found.decide("openai", "x.py", "2", None) is None
    assert versions({"requirements-a.txt": "openai==1.0", "requirements-b.txt": "openai==1.0.0"}).version_of("openai", "x.py")[0] == "1.0"


def test_what_the_tests_pin_does_not_speak_for_a_range() -> None:
    found = versions({"requirements.txt": "openai>=1", "requirements-test.txt": "openai==1.5"})
    assert found.version_of("openai", "x.py") == (None, "requirements.txt")


def test_a_requirements_folder_belongs_to_the_folder_above() -> None:
    found = versions({"backend/requirements/default.txt": "openai==1.7"})
    assert found.version_of("openai", "backend/app/x.py") == ("1.7", "backend/requirements/default.txt")


def test_nothing_said() -> None:
    found = versions({"other/requirements.txt": "openai==1.0"})
    assert found.version_of("openai", "x.py") == (None, None)
    assert found.decide("openai", "x.py", None, None) is None


@pytest.mark.parametrize(
    ("spec", "since", "until", "answer"),
    [
        ("==1.0.7", "1.0.7", None, True), ("==1.0.6", "1.0.7", None, False), ("==2.0", "1", "2", False), ("==2.0rc1", "1", "2", True),
        (">=1.0", "1", None, True), (">=1.0", "2", None, None), (">=2.0", None, "2", False), ("<1", "1", None, False), ("<=1", "1", None, None),
        (">=1,<2", "1", "2", True), (">=1,<=2", "1", "2", None), (">=1,<2", "1.5", None, None), ("", "1", None, None), ("", None, None, True),
        ("==1.*", "1", "2", True), ("~=1.4", "1", "2", True), ("<1 || >=3", "1", "3", False),
    ],
)  # fmt: skip
def test_decide(spec: str, since: str | None, until: str | None, answer: bool | None) -> None:
    one = Versions({"requirements.txt": {"openai": Pin(spec[2:] if spec.startswith("==") and "*" not in spec else None, spec, 1, False)}})
    assert one.decide("openai", "app/x.py", since, until) is answer
