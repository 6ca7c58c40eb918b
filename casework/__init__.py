"""The office's work: tickets, offers, requesters, knowledge; no Telegram, no Rasa, no web."""
