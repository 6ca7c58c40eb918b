"""Strict stand-ins for the services that the product talks to."""

from tests.fakes.bot_api import LOST, SILENT, ApiError, FakeBotApi
from tests.fakes.flood import FloodLimits
from tests.fakes.people import FakeChannel, FakeGroup, FakeUser, Message, Press
from tests.fakes.updates import Retries

__all__ = [
    "LOST",
    "SILENT",
    "ApiError",
    "FakeBotApi",
    "FakeChannel",
    "FakeGroup",
    "FakeUser",
    "FloodLimits",
    "Message",
    "Press",
    "Retries",
]
