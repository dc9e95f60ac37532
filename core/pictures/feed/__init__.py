"""From pixels to batches: the cache, the order, augmentation."""
