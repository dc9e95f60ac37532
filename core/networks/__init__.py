"""The networks: the U-Net, its blocks, and making one from settings."""
