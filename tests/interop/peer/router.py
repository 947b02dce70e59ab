"""Routers map a path such as `agents/0/service` to a function, and a service object back to its path."""
from typing import Any, Callable, Dict, Iterable, Optional


def expose(func: Callable) -> Callable:
    """Let the other side call `func`. Nothing is callable without it."""
    func.__rpc__ = True  # type: ignore[attr-defined]
    return func


class Router:
    """The place of one object in the tree of services; the root of the tree has no parent."""

    def __init__(self, obj: Any) -> None:
        self.obj = obj
        self.name = ""
        self.parent: Optional["Router"] = None
        self._sub_names = set()
        self._cache: Dict[str, Any] = {}

    def add(self, name: str) -> None:
        """Make the service stored at `obj.<name>` reachable below this one."""
        self.set_sub_router(getattr(self.obj, name).router, name)

    def set_sub_router(self, router: "Router", name: str) -> None:
        router.name = name
        router.parent = self
        self._sub_names.add(name)

    @property
    def root(self) -> "Router":
        return self if self.parent is None else self.parent.root

    @property
    def path(self) -> str:
        if self.parent is None:
            return ""
        return f"{self.parent.path}/{self.name}" if self.parent.path else self.name

    def resolve(self, path: str) -> Any:
        """The object at `path`; LookupError if there is none or it isn't exposed. The texts are the original's."""
        if path in self._cache:
            return self._cache[path]
        obj, names = self.obj, path.split("/")
        for depth, name in enumerate(names):
            try:
                child = self._child(obj, name)
            except (AttributeError, KeyError):
                raise LookupError(f'Name "{name}" not found in "{"/".join(names[:depth])}"') from None
            if not self._is_exposed(obj, name, child):
                owner = type(obj)
                raise LookupError(f'"{owner.__module__}.{owner.__qualname__}.{name}" is not exposed')
            obj = child
        self._cache[path] = obj
        return obj

    @staticmethod
    def _child(obj: Any, name: str) -> Any:
        return obj.dict[name] if isinstance(obj, ServiceDict) else getattr(obj, name)

    @staticmethod
    def _is_exposed(obj: Any, name: str, child: Any) -> bool:
        router = getattr(obj, "router", None)
        is_sub_service = isinstance(router, Router) and name in router._sub_names
        return is_sub_service or getattr(child, "__rpc__", False) is True


class Service:
    """Class attribute that gives each instance its own router: `router = Service(["names", "of", "sub-services"])`.

    The router is made on first use; the attributes named must exist by then.
    """

    def __init__(self, sub_routers: Iterable[str] = ()) -> None:
        self._sub_routers = tuple(sub_routers)

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self
        router = instance.__dict__.get("router")
        if router is None:
            router = instance.__dict__["router"] = Router(instance)
            for name in self._sub_routers:
                router.add(name)
        return router


class ServiceDict:
    """A dict as a service: exposed functions and sub-services by name."""
    __module__ = "aiomas.rpc"

    def __init__(self, entries: Optional[Dict[str, Any]] = None) -> None:
        self.dict: Dict[str, Any] = {}
        self.router = Router(self)
        for name, entry in (entries or {}).items():
            self[name] = entry

    def __getitem__(self, name: str) -> Any:
        return self.dict[name]

    def __setitem__(self, name: str, entry: Any) -> None:
        self.dict[name] = entry
        router = getattr(entry, "router", None)
        if isinstance(router, Router):
            self.router.set_sub_router(router, name)
