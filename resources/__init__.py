"""Icons, translations and the bundled sample sets."""
