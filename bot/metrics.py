"""What is counted about the conversation; no texts, no people."""

from prometheus_client import Counter, Gauge, Histogram

RECEIVED = Counter("anlaufstelle_received_total", "Messages and presses taken in", ["channel"])
HANDLED = Counter(
    "anlaufstelle_handled_total", "Messages and presses dealt with", ["channel", "outcome"]
)
DELIVERED = Counter(
    "anlaufstelle_delivered_total", "Messages delivered or given up", ["channel", "outcome"]
)
ANSWER_SECONDS = Histogram(
    "anlaufstelle_answer_seconds",
    "From taking a message in to having its answer ready to deliver",
    ["channel"],
    buckets=(0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30),
)
RASA_ERRORS = Counter("anlaufstelle_rasa_errors_total", "Turns that Rasa did not answer")
DELIVERING = Gauge("anlaufstelle_delivering", "Messages being delivered right now", ["channel"])
