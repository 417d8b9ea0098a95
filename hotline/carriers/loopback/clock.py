import asyncio
import time


class Clock:
    """Carrier time: what people, ringing, prompts and time-outs take, divided by the speed.

    Durations that the carrier reports (a call's length, a wait in a queue) are carrier seconds. Dates stay those of the
    wall, and HTTP is never scaled.
    """

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(self.real(seconds))

    def real(self, seconds: float) -> float:
        return max(0.0, seconds) / self.speed

    def mark(self) -> float:
        return time.monotonic()

    def since(self, mark: float) -> float:
        """Carrier seconds since mark()."""
        return (time.monotonic() - mark) * self.speed
