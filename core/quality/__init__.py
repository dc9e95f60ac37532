"""How good samples are, in numbers: distances of features, coverage, bits per dimension. Nothing is downloaded."""
