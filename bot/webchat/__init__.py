"""The web chat: a page, a stream of answers, and a door for messages."""
