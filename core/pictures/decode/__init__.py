"""From a file to pixels, in processes of limited memory and time."""
