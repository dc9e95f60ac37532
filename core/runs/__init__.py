"""The run folder: checkpoints, metrics, lock and retention; every file is written atomically."""
