from typing import TYPE_CHECKING

from .hearing import speak
from .leg import Leg

if TYPE_CHECKING:
    from ..carrier import Carrier

REACTION_SECONDS = 1.0


class People:
    """What the people with the telephones do by themselves, as each telephone's behaviour says."""

    def __init__(self, carrier: "Carrier") -> None:
        self._carrier = carrier

    def ring(self, leg: Leg) -> None:
        """A telephone rings: answered, refused or let ring."""
        if leg.phone.behaviour.voice not in ("manual", "no-answer"):
            self._carrier.spawn(self._ring(leg))

    def dialled(self, leg: Leg) -> None:
        """A person has called the hotline and will not wait for ever."""
        if leg.phone.behaviour.patience is not None:
            self._carrier.spawn(self._lose_patience(leg, leg.phone.behaviour.patience))

    def prompted(self, leg: Leg) -> None:
        """A prompt waits for keys."""
        keys = leg.phone.behaviour.press
        if leg.prompts_answered < len(keys):
            leg.prompts_answered += 1
            self._carrier.spawn(self._press(leg, keys[leg.prompts_answered - 1]))

    def recorded(self, leg: Leg) -> None:
        """Voicemail listens."""
        self._carrier.spawn(self._speak(leg))

    def reached(self, leg: Leg) -> None:
        """A human voice is on the line, for the first time or again."""
        if leg.reached_person:
            return
        leg.reached_person = True
        self._carrier.spawn(self._speak(leg))
        if leg.phone.behaviour.talk is not None:
            self._carrier.spawn(self._talk(leg, leg.phone.behaviour.talk))

    async def _ring(self, leg: Leg) -> None:
        behaviour = leg.phone.behaviour
        await self._carrier.clock.sleep(behaviour.after)
        if behaviour.voice == "busy":
            leg.refuse("busy")
        elif not leg.ended.is_set():
            self._carrier.exchange.answer(leg)

    async def _lose_patience(self, leg: Leg, seconds: float) -> None:
        await self._carrier.clock.sleep(seconds)
        if not leg.reached_person:
            self._carrier.exchange.hang_up(leg)

    async def _press(self, leg: Leg, keys: str) -> None:
        for key in keys:
            await self._carrier.clock.sleep(REACTION_SECONDS)
            leg.press(key)

    async def _speak(self, leg: Leg) -> None:
        for text in leg.phone.behaviour.speak:
            await self._carrier.clock.sleep(REACTION_SECONDS)
            if not leg.ended.is_set():
                self.say(leg, text)

    def say(self, leg: Leg, text: str) -> list[Leg]:
        """Somebody speaks into this telephone; returns the legs that heard it."""
        hearers = speak(leg, text)
        self._carrier.recorder.note(leg, text, hearers)
        return hearers

    async def _talk(self, leg: Leg, seconds: float) -> None:
        await self._carrier.clock.sleep(seconds)
        self._carrier.exchange.hang_up(leg)
