"""Dates and objects, which both sides have serializers for."""
import datetime
import math

from echo_types import Empty, Point

from .case import LiveCase, cpp_only
from .raw import call

UTC = datetime.timezone.utc


class Types(LiveCase):
    async def check(self, *values):
        echo = await self.echo()
        for value in values:
            with self.about(value):
                self.equal(await echo.service(value), value)

    async def test_objects(self):
        await self.check(Point(1, -2.5), Point(None, "text"), Empty(), [Point(0, 0), {"k": Empty()}], Point(Point(1, 2), Empty()))

    async def test_members_stay_what_they_are(self):
        got = await (await self.echo()).service(Point(1, 1.0))
        self.assertEqual((type(got.x), type(got.y)), (int, float))

    async def test_mirror(self):
        self.equal(await (await self.echo()).mirror(Point(1, 2.5)), Point(2.5, 1))

    async def test_dates(self):
        zone = datetime.timezone(datetime.timedelta(hours=-5, minutes=-30))
        date = datetime.datetime(2000, 2, 29, 23, 59, 59, 999999, zone)
        await self.check(date, datetime.datetime(2015, 1, 1, tzinfo=UTC), [Point(date, None)],
                         datetime.datetime(1, 1, 1, tzinfo=UTC), datetime.datetime(9999, 12, 31, 23, 59, 59, 1, UTC))
        self.equal((await (await self.echo()).service(date)).utcoffset(), zone.utcoffset(None))

    async def test_later(self):
        date = datetime.datetime(2015, 12, 31, 23, 59, 59, 500000, UTC)
        echo = await self.echo()
        for seconds in (0, 1, 0.75, -86400):
            self.equal(await echo.later(date, seconds), date + datetime.timedelta(seconds=seconds))

    @cpp_only
    async def test_dates_in_other_notations(self):
        raw = await self.raw()
        for given, echoed in (("2015-01-01", "2015-01-01T00:00:00+00:00"), ("2015-01-01 12:34Z", "2015-01-01T12:34:00+00:00"),
                              (1, "1970-01-01T00:00:01+00:00"), (1.5, "1970-01-01T00:00:01.500000+00:00")):
            with self.about(given):
                got = await raw.ask(call(0, "agents/0/service", {"__type__": [0, given]}))
                self.assertEqual(got, [1, 0, {"__type__": [0, echoed]}])

    @cpp_only
    async def test_objects_that_do_not_fit(self):
        raw = await self.raw()
        for tag, reason in (([1, {"x": 1}], "lacks 'y'"), ([1, {"x": 1, "y": 2, "z": 3}], "no member 'z'"), ([1, 5], "expected dict"),
                            ([2, {"x": 1}], "no member 'x'"), ([0, "soon"], "is not a date"), ([0, None], "expected a date"),
                            ([0, math.inf], "out of range"), ([9, 0], "No serializer found for type id 9")):
            with self.about(tag):
                kind, _, text = await raw.ask(call(0, "agents/0/service", {"__type__": tag}))
                self.assertEqual(kind, 2)
                self.assertIn(reason, text)
        self.assertEqual(await raw.ask(call(1, "agents/0/service", 42)), [1, 1, 42])

    @cpp_only
    async def test_wrong_object(self):
        raw = await self.raw()
        for arg, reason in (({"__type__": [2, {}]}, "expected point, got empty"), ({"x": 1, "y": 2}, "expected point, got dict")):
            kind, _, text = await raw.ask(call(0, "agents/0/mirror", arg))
            self.assertEqual(kind, 2)
            self.assertIn(reason, text)
