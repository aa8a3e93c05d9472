"""What a model asks of the machine that it runs on."""
