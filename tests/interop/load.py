"""Closed-loop load from Python, for comparison: `load.py URL [--connections N] [--depth N] [--seconds S]`.

Each connection keeps DEPTH calls of `agents/0/service` pending. One line with the rate and the times of single calls.
"""
import argparse
import asyncio
import time
from typing import List

from peer import Proxy, RpcClient, open_connection
from peer.urls import parse_container_url


async def caller(client: RpcClient, end: float, times: List[float]) -> None:
    service = Proxy(client.channel, "agents/0").service
    while True:
        start = time.perf_counter()
        if start >= end:
            return
        if await service(42) != 42:
            raise RuntimeError("wrong answer")
        times.append(time.perf_counter() - start)


async def load(url: str, connections: int, depth: int, seconds: float) -> None:
    addr = parse_container_url(url)
    clients = [RpcClient(await open_connection(addr)) for _ in range(connections)]
    times: List[float] = []
    start = time.perf_counter()
    await asyncio.gather(*[caller(client, start + seconds, times) for client in clients for _ in range(depth)])
    elapsed = time.perf_counter() - start
    for client in clients:
        await client.close()
    times.sort()
    quantiles = ", ".join(f"p{q:g} {times[int(len(times) * q / 100)] * 1e6:.0f} us" for q in (50, 99, 99.9))
    print(f"{connections} x {depth}: {len(times) / elapsed:.0f} calls/s, {quantiles}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", help="tcp://HOST:PORT/ as printed behind READY")
    parser.add_argument("--connections", type=int, default=1, metavar="N")
    parser.add_argument("--depth", type=int, default=16, metavar="N")
    parser.add_argument("--seconds", type=float, default=3, metavar="S")
    args = parser.parse_args()
    asyncio.run(load(args.url, args.connections, args.depth, args.seconds))


if __name__ == "__main__":
    main()
