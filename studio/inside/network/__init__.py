"""One tab of the room Inside."""
