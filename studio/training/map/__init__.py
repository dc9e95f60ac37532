"""The tab Map of the training room: the loss over steps and t, and whether it is still learning."""
