"""The tab Curves of the training room: every number of a run over its steps, and what happened when."""
