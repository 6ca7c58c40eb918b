"""Which language a person is answered in."""

from bot.language.detect import Detector, Guess
from bot.language.settle import NAME_SLOTS, Settled, Situation, settle
from bot.language.unserved import unserved

__all__ = ["NAME_SLOTS", "Detector", "Guess", "Settled", "Situation", "settle", "unserved"]
