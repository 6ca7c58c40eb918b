"""The Telegram front, spoken through python-telegram-bot."""
