"""Values at random: the server must send back the bytes that Python would have written."""
import os
import random

from peer import MsgPack, MsgPackBlosc
from random_values import RandomValues

from .case import LiveCase
from .raw import call
from .settings import settings

BATCHES = 60
BATCH = 50


class RandomEcho(LiveCase):
    async def test_come_back_the_same(self):
        seed = int(os.environ.get("AIOMAS_TEST_SEED") or random.randrange(2 ** 32))
        print(f"AIOMAS_TEST_SEED={seed}", flush=True)
        values = RandomValues(seed, settings.codec)
        codec = settings.make_codec()
        raw = await self.raw()
        for i in range(BATCHES):
            with self.about(f"batch {i}, AIOMAS_TEST_SEED={seed}"):
                batch = [values.value() for _ in range(BATCH)]
                raw.write(call(i, "agents/0/service", batch))
                payload = await raw.read_payload()
                got = codec.unpack(payload)
                want = codec.unpack(codec.pack((1, i, batch)))
                for one, other in zip(got[2], want[2]):
                    # As text, which tells 1 from 1.0 and from True, -0.0 from 0.0, and knows the order of keys.
                    self.assertEqual(repr(one), repr(other))
                self.assertEqual(got[:2], want[:2])
                if isinstance(codec, MsgPack):
                    again = codec.pack((1, i, batch))
                    # How it is compressed may differ.
                    blosc = isinstance(codec, MsgPackBlosc)
                    self.assertEqual(codec.decompress(payload) if blosc else payload, codec.decompress(again) if blosc else again)
