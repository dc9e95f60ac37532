"""The tab Tricks: what each trick of training does to a batch, checked on the tensors of that batch."""
