"""What is wrong with a set of pictures: duplicates, odd sizes, damaged files."""
