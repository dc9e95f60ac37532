"""What is kept on disk: run folders, checkpoints, metrics. All writing goes through `atomic`."""
