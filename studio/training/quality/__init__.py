"""The tab that measures how far samples are from the pictures."""
