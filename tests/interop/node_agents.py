"""Agents that masters start in a node by name; plugins/node_agents.cpp has the same in C++."""
import asyncio
from typing import Any

from peer import Agent, Container, Proxy, expose


class Counter(Agent):
    def __init__(self, container: Container, start: int, step: int = 1) -> None:
        if start < 0:
            raise ValueError("start must not be negative")
        super().__init__(container)
        self.value = start
        self.step = step
        self.waiting: list = []

    @expose
    def add(self) -> int:
        self.value += self.step
        return self.value

    @expose
    def time(self) -> float:
        return self.container.clock.time()  # type: ignore[attr-defined]

    @expose
    async def wait(self) -> str:
        """Answers as soon as somebody calls `release`."""
        self.waiting.append(asyncio.get_running_loop().create_future())
        return await self.waiting[-1]

    @expose
    def waiters(self) -> int:
        return len(self.waiting)

    @expose
    def release(self) -> None:
        for future in self.waiting:
            future.set_result("released")


class Caller(Agent):
    """Is told at its start whom to call."""

    def __init__(self, container: Container, friend: Proxy) -> None:
        super().__init__(container)
        self.friend = friend

    @expose
    async def ask(self, x: Any) -> Any:
        return await self.friend.service(x)
