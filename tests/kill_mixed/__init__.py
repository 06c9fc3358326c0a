"""kill -9 during a random mix of Telegram updates and form posts, and the count of what was lost or doubled by it."""
