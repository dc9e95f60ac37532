"""Pictures from a folder: find them, judge them, decode them, make batches of them."""
