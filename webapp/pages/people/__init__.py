"""The pages about people: signing in, an account and its tokens, who there is, and who may with a model."""
