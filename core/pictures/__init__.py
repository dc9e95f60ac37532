"""From a folder of pictures to batches: list and judge, decode, feed, and look after their quality."""
