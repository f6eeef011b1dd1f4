"""CORS settings that are names in a settings module, as Django's are."""

from __future__ import annotations

import re

from launchlint.facts.base import Fact, Receiver, Rung
from launchlint.facts.web import CorsPolicy
from launchlint.model.value import Argument, Items, Known, Origin, Value
from launchlint.syntax.records import Item, Lit

from .fold import Folder
from .guards import for_development
from .program import At, Program

_ALL = ("CORS_ALLOW_ALL_ORIGINS", "CORS_ORIGIN_ALLOW_ALL")
_CREDENTIALS = "CORS_ALLOW_CREDENTIALS"
_DEVELOPMENT_FILE = re.compile(r"(?:^|[/._-])(?:dev|development|local|debug|test|testing|ci)(?:[/._-]|$)")


def reads_app_config(program: Program) -> bool:
    """Whether something sets `app.config["CORS_…"]`, where flask-cors looks as well."""
    for module in program.modules.values():
        for scope in module.header.scopes:
            if "config" in scope.names or any("config" in name for name in scope.callees) or scope.id == 0:
                for bind in module.body(scope.id).binds:
                    if isinstance(bind.target, Item) and isinstance(bind.target.key, Lit) and str(bind.target.key.value).startswith("CORS_"):
                        return True
    return False


def settings_policies(program: Program, folder: Folder) -> list[Fact]:
    """django-cors-headers: `CORS_ALLOW_ALL_ORIGINS = True` in a Django settings module."""
    facts: list[Fact] = []
    for module in program.modules.values():
        names = set(module.scope(0).names)
        present = [name for name in _ALL if name in names]
        if not present or not ({"INSTALLED_APPS", "MIDDLEWARE", "ROOT_URLCONF"} & names or "settings" in module.path):
            continue
        name = present[-1]
        bind = module.binds(0, name)[-1]
        at = At(module, 0, bind.block, bind.order, bind.span)
        value = folder.module_constant(module, name)
        place = at.place
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
                development=for_development(at) or bool(_DEVELOPMENT_FILE.search(module.path)),
                arguments={"origins": Argument(origins, origins), "credentials": Argument(credentials, credentials)},
            )
        )
    return facts
