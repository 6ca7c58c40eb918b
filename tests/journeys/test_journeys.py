"""What the office is there for, in each of the ten languages."""

from babel.dates import format_date

from casework.context import Casework
from casework.languages import RIGHT_TO_LEFT
from datetime import date
from tests.journeys.coordinator import Coordinator
from tests.journeys.people import Line, Person, plain
from tests.journeys.product import Product
from tests.journeys.speakers import Matter, Question, Speaker
