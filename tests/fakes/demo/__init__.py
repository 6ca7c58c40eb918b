"""A local stand-in for Telegram with a page on which one writes as several people."""
