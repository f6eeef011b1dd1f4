from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

from launchlint.discover import discover, project_root, source_file
from launchlint.globs import matches
from launchlint.model.source import Format, PathClass
from launchlint.pathclass import format_of, path_class_of

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def write(root: Path, *paths: str) -> None:
    for path in paths:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x\n")


def git(root: Path, *arguments: str) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "protocol.file.allow=always")
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True, env=clean)


def paths(root: Path, *exclude: str) -> list[str]:
    return [file.path for file in discover(root, exclude)]


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("path", "format_"),
    [
        ("a/b.py", Format.PYTHON), ("stubs/x.pyi", Format.PYTHON), ("n.ipynb", Format.NOTEBOOK), ("compose.YML", Format.YAML),
        ("chart/values.yaml.j2", Format.YAML), ("settings.yaml.example", Format.YAML), ("x.json", Format.JSON), ("package-lock.json", Format.JSON),
        (".vscode/x.jsonc", Format.JSON), ("pyproject.toml", Format.TOML), ("Pipfile", Format.TOML), ("Dockerfile", Format.DOCKERFILE),
        ("docker/Dockerfile.prod", Format.DOCKERFILE), ("api.dockerfile", Format.DOCKERFILE), ("Containerfile", Format.DOCKERFILE), ("main.tf", Format.HCL),
        ("prod.tfvars", Format.HCL), ("x.hcl", Format.HCL), (".env", Format.DOTENV), (".env.example", Format.DOTENV), ("env.template", Format.DOTENV),
        ("prod.env", Format.DOTENV), (".envrc", Format.TEXT), ("environment.py", Format.PYTHON), ("nginx.conf", Format.NGINX),
        ("deploy/nginx/default.conf", Format.NGINX), ("nginx/app.conf.template", Format.NGINX), ("redis.conf", Format.TEXT), ("uv.lock", Format.LOCK),
        ("a/poetry.lock", Format.LOCK), ("Pipfile.lock", Format.LOCK), ("requirements.txt", Format.LOCK), ("requirements-dev.txt", Format.LOCK),
        ("dev_requirements.in", Format.LOCK), ("requirements/base.txt", Format.LOCK), ("notes.txt", Format.TEXT), ("robots.txt", Format.TEXT),
        ("Makefile", Format.TEXT), ("x.ts", Format.TEXT), ("my.requirements.md", Format.TEXT),
    ],
)  # fmt: skip
def test_format_by_name(path: str, format_: Format) -> None:
    assert format_of(path) is format_


@pytest.mark.parametrize(
    ("path", "class_"),
    [
        ("app/main.py", PathClass.PROD), ("contest/app.py", PathClass.PROD), ("latest/app.py", PathClass.PROD), ("src/examples_service.py", PathClass.PROD),
        ("app/test_generator/api.py", PathClass.PROD), ("app/ab_test/api.py", PathClass.PROD), ("attestation.py", PathClass.PROD),
        ("app/protest.py", PathClass.PROD), ("app/sampler.py", PathClass.PROD), ("app/docstore/x.py", PathClass.PROD), ("gen/answers.py", PathClass.PROD),
        ("app/license_check.py", PathClass.PROD), ("app/security.py", PathClass.PROD), ("inspect/spectrum.py", PathClass.PROD),
        ("migrations/__init__.py", PathClass.PROD), ("prompts/system.md", PathClass.PROD), ("Dockerfile", PathClass.PROD), ("demo.py", PathClass.PROD),
        ("tests/x.py", PathClass.TEST), ("app/Tests/x.py", PathClass.TEST), ("app/test_x.py", PathClass.TEST), ("app/x_test.py", PathClass.TEST),
        ("conftest.py", PathClass.TEST), ("integration_tests/x.py", PathClass.TEST), ("load-test/x.py", PathClass.TEST),
        ("app/test_utils/x.py", PathClass.TEST),
        ("e2e/x.py", PathClass.TEST), ("web/a.spec.ts", PathClass.TEST), ("docker-compose.test.yml", PathClass.TEST), ("evals/run.py", PathClass.TEST),
        ("benchmarks/x.py", PathClass.TEST), ("tests/n.ipynb", PathClass.TEST), ("examples/tests/x.py", PathClass.TEST),
        ("examples/app.py", PathClass.EXAMPLE), ("a/samples/app.py", PathClass.EXAMPLE), ("cookbook/x.py", PathClass.EXAMPLE),
        ("sdk-examples/x.py", PathClass.EXAMPLE), (".env.example", PathClass.EXAMPLE), ("config.sample.yaml", PathClass.EXAMPLE),
        ("env.template", PathClass.EXAMPLE), ("docs/conf.py", PathClass.DOCS), ("README.md", PathClass.DOCS), ("README.zh-CN.md", PathClass.DOCS),
        ("LICENSE", PathClass.DOCS), ("docs/examples/x.py", PathClass.EXAMPLE), ("n.ipynb", PathClass.NOTEBOOK), ("docs/n.ipynb", PathClass.NOTEBOOK),
        ("notebooks/helper.py", PathClass.NOTEBOOK), ("proto/x_pb2.py", PathClass.GENERATED), ("x_pb2_grpc.py", PathClass.GENERATED),
        ("generated/x.py", PathClass.GENERATED), ("vendor/tests/x.py", PathClass.GENERATED), ("pkg/_vendor/x.py", PathClass.GENERATED),
        ("db/versions/01c63968ff8f_add.py", PathClass.GENERATED), ("app/migrations/0001_initial.py", PathClass.GENERATED),
        ("web/package-lock.json", PathClass.GENERATED),
    ],
)  # fmt: skip
def test_path_class(path: str, class_: PathClass) -> None:
    assert path_class_of(path) is class_


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("*.gen.py", "a/b/x.gen.py", True), ("*.gen.py", "x.gen.pyc", False), ("vendor", "a/vendor/x.py", True), ("vendor", "a/vendors/x.py", False),
        ("vendor/", "vendor/x.py", True), ("vendor/", "a/vendor", False), ("src/*.py", "src/a.py", True), ("src/*.py", "src/a/b.py", False),
        ("src/*.py", "x/src/a.py", False), ("src/**/*.py", "src/a.py", True), ("src/**/*.py", "src/a/b/c.py", True), ("**/x.py", "x.py", True),
        ("src/**", "src/a/b", True), ("src/**", "src", False), ("/src/app", "src/app/x.py", True), ("./src", "src/x.py", True), ("a?c.py", "abc.py", True),
        ("[ab].py", "b.py", True), ("[!ab].py", "b.py", False), ("a[.py", "a[.py", True), ("a**b", "aXb", True), ("*a*b*c", "xaybzc", True),
        ("*a*b*c", "xaybz", False), ("*", "a/b", True), ("**", "a", True), ("**/", "a/b", True), ("a/**/b/**/c.py", "a/x/b/y/b/z/c.py", True),
        ("a/**/b/**/c.py", "a/x/c.py", False), ("", "x", False), ("/", "x", False), ("a.c", "abc", False),
    ],
)  # fmt: skip
def test_globs(pattern: str, path: str, expected: bool) -> None:
    assert matches(pattern, path) is expected


def test_no_glob_is_slow() -> None:
    start = time.perf_counter()
    assert not matches("/".join(["**", "a*"] * 8) + "/b", "a/" * 200 + "c")
    assert not matches("*a" * 12 + "b", "a" * 250)
    assert time.perf_counter() - start < 1


# ---------------------------------------------------------------- root


def test_root_is_the_configurations_folder_then_the_git_top_then_the_path(tmp_path: Path) -> None:
    write(tmp_path, "repo/.git/HEAD", "repo/service/launchlint.toml", "repo/service/app/x.py", "plain/x.py", "elsewhere/launchlint.toml")
    app = tmp_path / "repo/service/app"
    assert project_root(app / "x.py", tmp_path / "repo/service/launchlint.toml") == tmp_path / "repo/service"
    assert project_root(app, None) == tmp_path / "repo"
    assert project_root(app, tmp_path / "elsewhere/launchlint.toml") == tmp_path / "repo"
    assert project_root(tmp_path / "plain/x.py") == tmp_path / "plain"


def test_folders_above_the_root_say_nothing(tmp_path: Path) -> None:
    root = tmp_path / "examples" / "tests"
    write(root, "app.py")
    assert [file.path_class for file in discover(root)] == [PathClass.PROD]


# ---------------------------------------------------------------- git


@needs_git
def test_git_lists_what_is_there_and_not_ignored(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, "b.py", "a/x.py", "gone.py", "ignored.py", "build/kept.py", "node_modules/m/x.js", "name with\nbreak.py", "ünï.py")
    (tmp_path / ".gitignore").write_text("ignored.py\n")
    git(tmp_path, "add", "-A", "-f", ".")
    git(tmp_path, "rm", "-q", "--cached", "ignored.py")
    (tmp_path / "gone.py").unlink()
    write(tmp_path, "new.py")
    assert paths(tmp_path) == [".gitignore", "a/x.py", "b.py", "build/kept.py", "name with\nbreak.py", "new.py", "ünï.py"]
    assert paths(tmp_path, "a", "*.py") == [".gitignore"]
    file = next(file for file in discover(tmp_path) if file.path == "b.py")
    assert (file.absolute, file.size, file.format) == (str(tmp_path / "b.py"), 2, Format.PYTHON)
    assert paths(tmp_path / "a") == ["x.py"]


@needs_git
def test_git_variables_of_a_hook_do_not_redirect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("mine", "other"):
        write(tmp_path, f"{name}/{name}.py")
        git(tmp_path / name, "init", "-q")
        git(tmp_path / name, "add", "-A")
    # Only the right index knows that this ignored file is tracked, and only the right excludes hide the other.
    write(tmp_path, "mine/tracked.log", "mine/ignored.log")
    (tmp_path / "mine/.git/info/exclude").write_text("*.log\n")
    git(tmp_path / "mine", "add", "-f", "tracked.log")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other/.git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "other/.git/index"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path / "other"))
    assert paths(tmp_path / "mine") == ["mine.py", "tracked.log"]


@needs_git
def test_a_folder_that_the_repository_around_ignores_is_walked(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, "out/app.py")
    (tmp_path / ".gitignore").write_text("out\n")
    assert paths(tmp_path / "out") == ["app.py"]


@needs_git
def test_submodules_are_left_out(tmp_path: Path) -> None:
    for name in ("inner", "outer"):
        write(tmp_path, f"{name}/{name}.py")
        git(tmp_path / name, "init", "-q")
        git(tmp_path / name, "add", "-A")
        git(tmp_path / name, "commit", "-qm", "x")
    git(tmp_path / "outer", "submodule", "add", "-q", str(tmp_path / "inner"), "sub")
    git(tmp_path / "outer", "clone", "-q", str(tmp_path / "inner"), "untracked")
    assert paths(tmp_path / "outer") == [".gitmodules", "outer.py"]


@needs_git
def test_nothing_that_the_repository_configures_runs(tmp_path: Path) -> None:
    root, witness = tmp_path / "repo", tmp_path / "ran"
    write(root, "app.py")
    git(root, "init", "-q")
    git(root, "add", "-A")
    program = root / "program.sh"
    program.write_text(f"#!/bin/sh\ntouch {witness}\n")
    program.chmod(0o755)
    hooks = root / "hooks"
    hooks.mkdir()
    for hook in ("post-index-change", "fsmonitor-watchman", "pre-commit", "post-checkout"):
        shutil.copy(program, hooks / hook)
    settings = {
        "core.fsmonitor": program, "core.hooksPath": hooks, "core.pager": program, "pager.ls-files": program, "core.sshCommand": program,
        "core.gitProxy": program, "core.editor": program, "core.askPass": program, "credential.helper": f"!{program}", "diff.external": program,
        "filter.x.clean": program, "filter.x.smudge": program, "filter.x.process": program, "diff.x.textconv": program, "alias.ls-files": f"!{program}",
        "core.untrackedCache": "true", "uploadpack.packObjectsHook": program,
    }  # fmt: skip
    for name, value in settings.items():
        git(root, "config", name, str(value))
    (root / ".gitattributes").write_text("* filter=x diff=x\n")
    os.utime(root / "app.py", (1, 1))
    assert "app.py" in paths(root)
    assert not witness.exists()
    # The trap is real: a plain call does run the repository's program.
    subprocess.run(["git", "status"], cwd=root, check=False, capture_output=True)
    assert witness.exists()


@needs_git
def test_a_sparse_index_fetches_nothing(tmp_path: Path) -> None:
    """Git expands a sparse index with tree objects; those that a partial clone lacks it fetches, through a program that the repository names."""
    write(tmp_path, "origin/hidden/x.py", "origin/shown/y.py")
    origin, root, witness = tmp_path / "origin", tmp_path / "repo", tmp_path / "ran"
    git(origin, "init", "-q")
    git(origin, "add", "-A")
    git(origin, "commit", "-qm", "x")
    git(origin, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--filter=tree:0", origin.as_uri(), "repo")
    git(root, "sparse-checkout", "init", "--cone", "--sparse-index")
    git(root, "sparse-checkout", "set", "shown")
    for pack in (root / ".git/objects/pack").iterdir():
        pack.unlink()
    program = tmp_path / "program.sh"
    program.write_text(f"#!/bin/sh\ntouch {witness}\nexit 1\n")
    program.chmod(0o755)
    git(root, "config", "remote.origin.uploadpack", str(program))
    assert paths(root) == ["shown/y.py"]
    assert not witness.exists()
    # The trap is real: a plain call does run the repository's program.
    subprocess.run(["git", "ls-files"], cwd=root, check=False, capture_output=True)
    assert witness.exists()


@needs_git
def test_git_inside_the_project_is_not_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, witness = tmp_path / "repo", tmp_path / "ran"
    write(root, "app.py", ".git/HEAD")
    (root / "git").write_text(f"#!/bin/sh\n: > {witness}\n")
    (root / "git").chmod(0o755)
    monkeypatch.chdir(root)
    monkeypatch.setenv("PATH", os.pathsep.join((".", "", str(root))))
    assert paths(root) == ["app.py", "git"]
    assert not witness.exists()


@needs_git
def test_a_broken_repository_is_walked(tmp_path: Path) -> None:
    write(tmp_path, "app.py", "dist/x.py")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/config").write_text("[core\n")
    assert paths(tmp_path) == ["app.py"]


@needs_git
def test_a_work_tree_elsewhere_lists_nothing_from_there(tmp_path: Path) -> None:
    write(tmp_path, "repo/app.py", "secret/key.txt")
    git(tmp_path / "repo", "init", "-q")
    git(tmp_path / "repo", "config", "core.worktree", str(tmp_path / "secret"))
    assert paths(tmp_path / "repo") == ["app.py"]


# ---------------------------------------------------------------- links and devices


@pytest.mark.parametrize("with_git", [pytest.param(True, marks=needs_git), False])
def test_no_symbolic_link_is_followed(tmp_path: Path, with_git: bool) -> None:
    root = tmp_path / "repo"
    write(root, "app.py", "pkg/x.py", "was_folder/x.py")
    write(tmp_path, "outside/x.py", "outside/secret.py")
    if with_git:
        git(root, "init", "-q")
        git(root, "add", "-A")
    # A tracked folder that has become a link out of the root.
    shutil.rmtree(root / "was_folder")
    (root / "was_folder").symlink_to(tmp_path / "outside")
    (root / "passwd").symlink_to("/etc/passwd")
    (root / "etc").symlink_to("/etc")
    (root / "again.py").symlink_to("app.py")
    (root / "pkg/loop").symlink_to("..")
    (root / "self").symlink_to("self")
    (root / "dangling").symlink_to("nowhere")
    if with_git:
        git(root, "add", "passwd", "etc", "again.py", "pkg/loop")
    assert paths(root) == ["app.py", "pkg/x.py"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
@pytest.mark.parametrize("with_git", [pytest.param(True, marks=needs_git), False])
def test_fifos_and_sockets_are_left_out(tmp_path: Path, with_git: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "app.py")
    if with_git:
        git(tmp_path, "init", "-q")
    os.mkfifo(tmp_path / "pipe.py")
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.py")
        assert paths(tmp_path) == ["app.py"]


def test_a_root_behind_a_link_is_resolved(tmp_path: Path) -> None:
    write(tmp_path, "real/app.py")
    (tmp_path / "link").symlink_to("real")
    assert [file.absolute for file in discover(tmp_path / "link")] == [str(tmp_path / "real/app.py")]


# ---------------------------------------------------------------- walk


def test_walk_leaves_out_installed_and_built_trees(tmp_path: Path) -> None:
    write(tmp_path, "app.py", ".env", ".github/workflows/ci.yml", "vendor/x.py", ".venv/x.py", "a/node_modules/x.js", "a/__pycache__/x.py", "build/x.py")
    write(tmp_path, "py311/pyvenv.cfg", "py311/lib/x.py", "x.egg-info/PKG-INFO", ".git/HEAD")
    shutil.rmtree(tmp_path / ".git")
    assert paths(tmp_path) == [".env", ".github/workflows/ci.yml", "app.py", "vendor/x.py"]
    assert paths(tmp_path, "vendor/", ".github/**") == [".env", "app.py"]


def test_a_root_that_is_no_folder(tmp_path: Path) -> None:
    write(tmp_path, "app.py")
    with pytest.raises(NotADirectoryError):
        discover(tmp_path / "app.py")


def test_a_name_that_is_no_text_is_reported_in_valid_text(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/\xff.py"
    try:
        with open(raw, "wb") as file:  # noqa: PTH123 - a name of bytes
            file.write(b"x")
    except OSError:
        pytest.skip("the file system wants valid names")
    (found,) = discover(tmp_path)
    assert found.path == "\\xff.py"
    assert os.fsencode(found.absolute) == raw


def test_one_file_is_described_by_name_alone(tmp_path: Path) -> None:
    file = source_file(tmp_path, "tests/new.py", 3)
    assert (file.path, file.format, file.path_class, file.size) == ("tests/new.py", Format.PYTHON, PathClass.TEST, 3)
