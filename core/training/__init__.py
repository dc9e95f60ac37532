"""Training: a session is a generator of events; its parts are the EMA, the learning rate and the statistics."""
