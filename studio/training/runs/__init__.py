"""The tab *Runs*: a table of all runs, what differs between some of them, and what is done with them."""
