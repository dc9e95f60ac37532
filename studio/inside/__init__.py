"""The room Inside: the network at work, the schedules, the tricks of training, and a lesson through all of them."""
