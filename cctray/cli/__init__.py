"""Commands that print. They read the store and talk to the engine through the door."""
