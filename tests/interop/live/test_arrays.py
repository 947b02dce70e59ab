"""Arrays as NumPy's users send them, both ways between Python and a C++ program that computes with them."""
import math
from typing import Any, List

from echo_types import ARRAY_SERIALIZERS, Array
from peer import Agent, expose

from .case import LiveCase, msgpack_only, needs_programs
from .process import Server
from .programs import array_agent
from .settings import settings

SHAPES = ((), (0,), (1,), (7,), (2, 3), (3, 0, 2), (2, 3, 4))


class Keeper(Agent):
    """Sends back what it gets, and keeps it."""

    def __init__(self, container: Any) -> None:
        super().__init__(container)
        self.kept: List[Array] = []

    @expose
    def service(self, v: Array) -> Array:
        self.kept.append(v)
        return v


class Arrays(LiveCase):
    async def arrays(self) -> Any:
        """A proxy of the agent in the C++ program, and our own in `self.keeper`."""
        program = Server(array_agent(settings.bin, settings.codec, settings.transport), settings.timeout)
        self.addCleanup(program.stop)
        container = await self.create_container(ARRAY_SERIALIZERS)
        self.keeper = Keeper(container)
        return await container.connect(program.agent_url(0))

    @needs_programs
    @msgpack_only
    async def test_there_and_back(self):
        remote = await self.arrays()
        for type_ in ("<f8", ">f8", "<f4", ">f4", "<f2", "|i1", "<i2", ">i2", "<i4", ">i8", "|u1", "<u4", ">u8"):
            for shape in SHAPES:
                array = Array.of(type_, shape, range(math.prod(shape)))
                with self.about(array):
                    self.assertEqual(await remote.service(array), array)
        for array in (Array.of("|b1", (2, 2), (True, False, False, True)),
                      Array.of("<f8", (5,), (-0.0, math.nan, math.inf, -math.inf, 5e-324)),
                      Array.of("<i8", (2,), (-2 ** 63, 2 ** 63 - 1)), Array("<c16", (2,), bytes(range(32))),
                      Array.of("<f8", (500, 1000), range(500_000))):
            with self.about(array):
                self.assertEqual(await remote.service(array), array)

    @needs_programs
    @msgpack_only
    async def test_cpp_knows_the_numbers(self):
        remote = await self.arrays()
        for type_ in ("<f8", ">f8", "<f4", "|i1", "<i2", ">i4", "<i8"):
            for shape in SHAPES:
                array = Array.of(type_, shape, range(-1, math.prod(shape) - 1))
                with self.about(array):
                    self.equal(await remote.numbers(array), [float(x) for x in array.numbers()])
                    self.assertEqual(await remote.sum(array), sum(array.numbers()))

    @needs_programs
    @msgpack_only
    async def test_cpp_sends_its_own(self):
        remote = await self.arrays()
        # None of them is another when it has come back to C++.
        self.equal(await remote.send_to(self.keeper.addr), [])
        self.assertEqual(self.keeper.kept, [
            Array.of("<f8", (2, 3), (0.5, 1.5, 2.5, 3.5, 4.5, 5.5)), Array.of("<f4", (3,), (-0.5, 0.25, math.inf)),
            Array.of("<i4", (2, 1, 2), (-2 ** 31, -1, 0, 2 ** 31 - 1)), Array.of("<u8", (1,), (2 ** 64 - 1,)),
            Array.of("|u1", (256,), range(256)), Array.of("|b1", (3,), (True, False, True)),
            Array.of("<f8", (), (42.0,)), Array.of("<f8", (0,), ())])

    @needs_programs
    @msgpack_only
    async def test_what_is_no_array_of_numbers(self):
        remote = await self.arrays()
        for bad, reason in (
                (Array("<U3", (1,), bytes(12)), "expected the type of an array of numbers, got '<U3'"),
                (Array("<M8[s]", (1,), bytes(8)), "got '<M8.s.'"), (Array("|O", (1,), bytes(8)), "got '.O'"),
                (Array("nonsense", (), b""), "got 'nonsense'"),
                (Array("<f8", (-1,), b""), "expected an integer from 0"),
                (Array("<f8", (2,), bytes(15)), "15 bytes are no array of type <f8 and shape .2."),
                (Array("<f8", (2,), bytes(17)), "17 bytes are no array"),
                (Array("<f8", (2 ** 32, 2 ** 32), b""), "0 bytes are no array")):
            with self.about(bad):
                await self.fails(f".*SerializationError: .*{reason}.*", remote.service(bad))
        self.equal(await remote.numbers(Array.of("<f8", (1,), (1.5,))), [1.5])
