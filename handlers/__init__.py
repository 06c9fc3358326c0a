"""The Telegram window: thin handlers, one file per intention, over the office."""
