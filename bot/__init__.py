"""The fronts a citizen writes to: Telegram, the web chat and the terminal."""
