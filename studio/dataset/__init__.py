"""The dataset room: a folder, its pictures, what the network sees of them."""
