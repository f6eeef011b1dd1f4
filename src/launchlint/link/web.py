"""CORS settings that are names in a settings module, as Django's are."""

from __future__ import annotations

from launchlint.facts.base import Fact, Receiver, Rung
from launchlint.facts.web import CorsPolicy
from launchlint.model.source import Place
from launchlint.model.value import Argument, Items, Known, Origin, Value

from .fold import Folder
from .program import END, At, Module, Program

_ALL = ("CORS_ALLOW_ALL_ORIGINS", "CORS_ORIGIN_ALLOW_ALL")
_CREDENTIALS = "CORS_ALLOW_CREDENTIALS"


def settings_policies(program: Program, folder: Folder) -> list[Fact]:
    """django-cors-headers: `CORS_ALLOW_ALL_ORIGINS = True` in a Django settings module."""
    facts: list[Fact] = []
    for module in program.modules.values():
        names = set(module.scope(0).names)
        present = [name for name in _ALL if name in names]
        if not present or not ({"INSTALLED_APPS", "MIDDLEWARE", "ROOT_URLCONF"} & names or "settings" in module.path):
            continue
        name = present[-1]
        value = folder.module_constant(module, name)
        place = _place(module, name)
        origins: Value = value
        if isinstance(value, Known) and isinstance(value.value, bool):
            items = (Known("*", value.origin, place),) if value.value else ()
            origins = Known(Items(items), value.origin, place)
        credentials = folder.module_constant(module, _CREDENTIALS) if _CREDENTIALS in names else Known(False, Origin.SDK_DEFAULT)
        facts.append(
            CorsPolicy(
                place=place,
                path_class=module.facts.source.path_class,
                library="django-cors-headers",
                callee=name,
                written=name,
                receiver=Receiver((Rung.IMPORT,)),
                arguments={"origins": Argument(origins, origins), "credentials": Argument(credentials, credentials)},
            )
        )
    return facts


def _place(module: Module, name: str) -> Place:
    return At(module, 0, 0, END, module.binds(0, name)[-1].span).place
