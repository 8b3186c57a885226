"""What the same tests take elsewhere, and what Baton is to reach.

Measured on the same machine, QEMU's mps2-an385 with -icount shift=0: FreeRTOS V11.3 and ThreadX (6.4's time), both built with -O2 by
arm-none-eabi-gcc 12.2, no time slices, a tick of 100 Hz; one virtual second, 10^9 instructions. The tests were those of a free port of
Thread-Metric to both, with the two interrupt tests by a real trap (FreeRTOS: a pended line of the NVIC, ThreadX: SVC). FreeRTOS has no
memory pools; that port's list of blocks makes no call of the kernel. The last three rows are loops of their own: round trips of two tasks of
one priority, and a mutex that nobody else wants.
"""

from __future__ import annotations

from typing import NamedTuple

SOURCE = "FreeRTOS V11.3 and ThreadX: measured on the same machine, -O2, no time slices (bench/thread_metric/README.md)"


class Peer(NamedTuple):
    """Instructions per operation; None: not known."""

    freertos: float | None
    threadx: float | None
    goal: float | None  # to reach or beat


PEERS = {
    "basic": Peer(8198, 8198, None),
    "cooperative": Peer(54, 66, 54),
    "preemptive": Peer(262, 222, 222),
    "interrupt": Peer(115, 67, 67),
    "interrupt-preemption": Peer(337, 290, 290),
    "message": Peer(194, 124, 124),
    "synchronization": Peer(120, 55, 55),
    "memory": Peer(None, 59, 59),
    "semaphore-ping-pong": Peer(1036, 413, 413),
    "yield-pair": Peer(95, 125, 95),
    "mutex-pair": Peer(124, 129, 124),
}
