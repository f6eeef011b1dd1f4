"""Which file an import names."""

from __future__ import annotations

from collections.abc import Iterable


class ModuleIndex:
    """The project's Python files by module name, under every source root that an import could use."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._by_tail: dict[str, list[tuple[str, str]]] = {}
        self._by_stem: dict[str, str] = {}
        self._names: set[str] = set()
        self._packages: set[str] = set()
        self._found: dict[tuple[str, str, bool], str | None] = {}
        for path in sorted(paths):
            if not path.endswith((".py", ".ipynb")):
                continue
            stem = path.rsplit(".", 1)[0]
            if stem == "__init__" or stem.endswith("/__init__"):
                stem = stem[: -len("/__init__")] if "/" in stem else ""
                self._packages.add(stem)
            if stem:
                self._by_stem.setdefault(stem, path)
                self._names.update(stem.split("/"))
                self._by_tail.setdefault(stem.rsplit("/", 1)[-1], []).append((stem, path))

    def find(self, module: str, from_path: str, external_root: bool = False) -> str | None:
        """The path of `module` as imported in `from_path`, or None when it is not of this project.

        `module` may be relative ("..a.b"). `external_root` says that the first name is that of a known library: then only a package of that name at a source
        root counts, so that a module `providers/openai.py` does not hide the SDK it wraps.
        """
        if module.startswith("."):
            return self._relative(module, from_path)
        if module.split(".", 1)[0] not in self._names:
            return None
        folder = from_path.rsplit("/", 1)[0] + "/" if "/" in from_path else ""
        own_name = from_path.rsplit("/", 1)[-1].split(".", 1)[0] == module.rsplit(".", 1)[-1]
        key = (module, from_path if own_name else folder, external_root)
        if key not in self._found:
            self._found[key] = self._absolute(module, from_path, folder, external_root)
        return self._found[key]

    def _absolute(self, module: str, from_path: str, folder: str, external_root: bool) -> str | None:
        parts = module.split(".")
        suffix = "/".join(parts)
        best: tuple[int, int, str] | None = None
        matches = 0
        for stem, path in self._by_tail.get(parts[-1], ()):
            if path == from_path or not (stem == suffix or stem.endswith("/" + suffix)):
                continue
            prefix = stem[: len(stem) - len(suffix)]
            is_root = not self._in_package(prefix)
            ancestor = folder.startswith(prefix)
            if external_root and not (is_root and ancestor and (path.endswith("__init__.py") or len(parts) > 1 or not prefix)):
                continue
            matches += 1
            common = _common(prefix, folder)
            rank = ((2 if ancestor and is_root else 1 if is_root else 0), common, path)
            if best is None or rank[:2] > best[:2]:
                best = rank
        if best is None:
            return None
        if best[0] == 0 or (best[0] == 1 and matches > 1 and len(parts) == 1):
            # Not importable under a source root, or one of several strangers of a common name: rather nothing than the wrong file.
            return best[2] if matches == 1 and len(parts) > 1 else None
        return best[2]

    def _in_package(self, prefix: str) -> bool:
        """Whether a folder is a package or lies in one, so that nothing is imported with it as the root."""
        folder = prefix.rstrip("/")
        while folder:
            if folder in self._packages:
                return True
            folder = folder.rpartition("/")[0]
        return False

    def _relative(self, module: str, from_path: str) -> str | None:
        level = len(module) - len(module.lstrip("."))
        rest = module[level:]
        folder = from_path.split("/")[:-1]
        if level - 1 > len(folder):
            return None
        base = folder[: len(folder) - (level - 1)]
        stem = "/".join(base + (rest.split(".") if rest else []))
        return self.at(stem)

    def at(self, stem: str) -> str | None:
        """The file of the module or package at this path without suffix."""
        return self._by_stem.get(stem)


def _common(prefix: str, folder: str) -> int:
    count = 0
    for a, b in zip(prefix.split("/"), folder.split("/"), strict=False):
        if a != b or not a:
            break
        count += 1
    return count
