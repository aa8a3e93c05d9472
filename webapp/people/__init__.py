"""People: who asks, what they may, how they sign in, and what programs that ask for them hold. It may import store and http."""
