"""What a file is (its format) and what it is for (its path class), decided by its path relative to the project root alone.

Whole path components and file names are compared, never substrings: `contest/`, `latest/` and `examples_service.py` are production.
The first class that fits wins: generated, test, notebook, example, docs, script, production.
"""

from __future__ import annotations

import re
from functools import lru_cache

from launchlint.model.source import Format, PathClass

# ---------------------------------------------------------------- formats

_BY_NAME = {
    "dockerfile": Format.DOCKERFILE,
    "containerfile": Format.DOCKERFILE,
    "uv.lock": Format.LOCK,
    "poetry.lock": Format.LOCK,
    "pdm.lock": Format.LOCK,
    "pipfile.lock": Format.LOCK,
    "pylock.toml": Format.LOCK,
    "pipfile": Format.TOML,
    "nginx.conf": Format.NGINX,
}
_BY_SUFFIX = {
    "py": Format.PYTHON,
    "pyi": Format.PYTHON,
    "ipynb": Format.NOTEBOOK,
    "yaml": Format.YAML,
    "yml": Format.YAML,
    "json": Format.JSON,
    "jsonc": Format.JSON,
    "toml": Format.TOML,
    "dockerfile": Format.DOCKERFILE,
    "tf": Format.HCL,
    "tfvars": Format.HCL,
    "hcl": Format.HCL,
    "env": Format.DOTENV,
}
# YAML and nginx survive template actions in their text; a templated JSON or TOML file does not parse.
_TEMPLATE_SUFFIXES = frozenset(("j2", "jinja", "jinja2", "tmpl", "tpl", "template", "example", "sample", "dist"))
_THROUGH_TEMPLATE = frozenset(("yaml", "yml", "conf"))
_DOTENV = re.compile(r"\.env(?:[-_.].*)?|env[-_.](?:example|sample|template|tmpl|tpl|dist|j2)")
_REQUIREMENTS = re.compile(r"(?:.*[-_.])?(?:requirements|constraints)(?:[-_.].*)?\.(?:txt|in)")
_NGINX_FOLDERS = frozenset(("nginx", "conf.d", "sites-available", "sites-enabled"))


def format_of(path: str) -> Format:
    """The format of the file at `path` (POSIX, relative to the project root).

    | format | names |
    |---|---|
    | python | `*.py`, `*.pyi` |
    | notebook | `*.ipynb` |
    | yaml | `*.yaml`, `*.yml`, the same with a template suffix (`*.yaml.j2`, `*.yml.example`) |
    | json | `*.json`, `*.jsonc` |
    | toml | `*.toml`, `Pipfile` |
    | dockerfile | `Dockerfile`, `Dockerfile.*`, `*.dockerfile`, the same for `Containerfile` |
    | hcl | `*.tf`, `*.tfvars`, `*.hcl` |
    | dotenv | `.env`, `.env.*`, `*.env`, `env.example` |
    | nginx | `nginx.conf`; `*.conf` in a folder of nginx or called after it |
    | lock | `uv.lock`, `poetry.lock`, `pdm.lock`, `Pipfile.lock`, `pylock.toml`, `*requirements*.txt`, `*.in`, `requirements/*.txt` |
    | text | everything else |
    """
    name = path.rsplit("/", 1)[-1].lower()
    if name in _BY_NAME:
        return _BY_NAME[name]
    stem, _, suffix = name.rpartition(".")
    if suffix in {"txt", "in"}:
        return Format.LOCK if _REQUIREMENTS.fullmatch(name) or path.lower().split("/")[-2:-1] == ["requirements"] else Format.TEXT
    if suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    if _DOTENV.fullmatch(name):
        return Format.DOTENV
    if name.startswith(("dockerfile.", "containerfile.")):
        return Format.DOCKERFILE
    if suffix in _TEMPLATE_SUFFIXES:
        stem, _, suffix = stem.rpartition(".")
        if suffix in _THROUGH_TEMPLATE - {"conf"}:
            return _BY_SUFFIX[suffix]
    if suffix == "conf" and ("nginx" in stem or not _NGINX_FOLDERS.isdisjoint(path.lower().split("/")[:-1])):
        return Format.NGINX
    return Format.TEXT


# ---------------------------------------------------------------- classes

# Copies of other people's code count as generated: credentials are looked for in them, violations are not.
# `gen` alone is left out: in systems that generate text it is as often a production package.
_GENERATED_FOLDERS = frozenset(
    ("generated", "_generated", "__generated__", "vendor", "_vendor", "vendored", "third_party", "third-party", "thirdparty"),
)
_GENERATED_NAMES = re.compile(
    r".*_pb2(?:_grpc)?\.pyi?|.*\.min\.(?:js|css)|.*\.map|(?:package-lock|npm-shrinkwrap)\.json|pnpm-lock\.yaml|(?:yarn|bun|composer|cargo)\.lock",
)
_MIGRATION_FOLDERS = frozenset(("migrations", "versions"))
_MIGRATION_NAMES = re.compile(r"(?:\d{3,}|[0-9a-f]{12})_.*\.py")

_TEST_FOLDERS = frozenset(
    (
        "test", "tests", "testing", "e2e", "spec", "fixtures", "cassettes", "mocks", "__mocks__", "__tests__", "evals", "benchmark", "benchmarks",
        "testdata", "testutils", "test_data", "test-data", "test_utils", "test_util", "test_helpers", "test_support", "test_fixtures",
    ),
)  # fmt: skip
# A folder such as `ab_test` or `test_generator` is a feature; these are not.
_TEST_FOLDER = re.compile(
    r".*[-_]tests|tests[-_].*|(?:unit|integration|e2e|load|smoke|functional|regression|perf|performance|stress|system|acceptance)[-_]?test"
)
_TEST_NAMES = re.compile(r"(?:test_.*|.*_tests?|conftest|tests)\.pyi?|.*\.(?:test|spec)\.\w+")
_NOTEBOOK_FOLDERS = frozenset(("notebooks", "notebook"))
_EXAMPLE_FOLDERS = frozenset(
    (
        "example", "examples", "sample", "samples", "demo", "demos", "cookbook", "cookbooks", "tutorial", "tutorials", "quickstart", "quickstarts",
        "docs_src",
    ),
)  # fmt: skip
_EXAMPLE_FOLDER = re.compile(r".*[-_](?:examples|samples|demos|cookbook|tutorials?)|(?:.*[-_])?blog[-_](?:content|posts?|examples?)")
# `.env.example`, `settings.sample.yaml`: templates that people copy, not what runs.
_EXAMPLE_NAMES = re.compile(r".*[.\-_](?:example|sample|dist)(?:\.(?!pyi?$)\w+)?|\.?env[-_.](?:.*\.)?(?:template|tmpl|tpl|j2)")
# Developers' tools: run by hand or by the build, not by the service.
_SCRIPT_FOLDER = re.compile(r"(?:.*[-_])?scripts?|\.github|\.circleci|\.ci|hack|devtools|dev[-_]tools|maintenance|archived?|deprecated")
_SCRIPT_NAMES = re.compile(
    r"(?:archived|deprecated)[-_].*\.pyi?|.*[-_](?:archived|deprecated)\.pyi?|.*[-_]benchmark\.pyi?|benchmark[-_].*\.pyi?|setup\.py|noxfile\.py|tasks\.py|release\.py"
)
_DOCS_FOLDERS = frozenset(("docs", "doc", "documentation"))
_PAPERS = "(?:readme|changelog|changes|history|contributing|code_of_conduct|security|licen[cs]e|notice|authors)"
_DOCS_NAMES = re.compile(rf"{_PAPERS}(?:[-_.][\w-]+)*\.(?:mdx?|rst|txt)|{_PAPERS}(?:[-_]\w+)*")


@lru_cache(maxsize=65536)
def _folder_class(folder: str) -> PathClass:
    """The class that the folder alone gives; the strongest of its components."""
    components = folder.lower().split("/")
    classes = {_component_class(component) for component in components}
    if components[0] in {"evaluation", "evaluations"}:  # beside the product; inside it, evaluation may be a feature
        classes.add(PathClass.TEST)
    order = (PathClass.GENERATED, PathClass.TEST, PathClass.NOTEBOOK, PathClass.EXAMPLE, PathClass.DOCS, PathClass.SCRIPT)
    return next((each for each in order if each in classes), PathClass.PROD)


def _component_class(component: str) -> PathClass:
    if component in _GENERATED_FOLDERS:
        return PathClass.GENERATED
    if component in _TEST_FOLDERS or _TEST_FOLDER.fullmatch(component):
        return PathClass.TEST
    if component in _NOTEBOOK_FOLDERS:
        return PathClass.NOTEBOOK
    if component in _EXAMPLE_FOLDERS or _EXAMPLE_FOLDER.fullmatch(component):
        return PathClass.EXAMPLE
    if component in _DOCS_FOLDERS:
        return PathClass.DOCS
    return PathClass.SCRIPT if _SCRIPT_FOLDER.fullmatch(component) else PathClass.PROD


def path_class_of(path: str) -> PathClass:
    """The class of the file at `path` (POSIX, relative to the project root)."""
    folder, _, name = path.rpartition("/")
    name = name.lower()
    by_folder = _folder_class(folder)
    if by_folder is PathClass.GENERATED or _GENERATED_NAMES.fullmatch(name):
        return PathClass.GENERATED
    if _MIGRATION_NAMES.fullmatch(name) and folder.rsplit("/", 1)[-1].lower() in _MIGRATION_FOLDERS:
        return PathClass.GENERATED
    if by_folder is PathClass.TEST or _TEST_NAMES.fullmatch(name):
        return PathClass.TEST
    if name.endswith(".ipynb"):
        return PathClass.NOTEBOOK
    if by_folder is not PathClass.PROD:
        return by_folder
    if _EXAMPLE_NAMES.fullmatch(name):
        return PathClass.EXAMPLE
    if _DOCS_NAMES.fullmatch(name):
        return PathClass.DOCS
    return PathClass.SCRIPT if _SCRIPT_NAMES.fullmatch(name) else PathClass.PROD
