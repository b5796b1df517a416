"""The one room where data meets. `engine` does it, `ports` says what it needs of the edges, which it does not know."""
