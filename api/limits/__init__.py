"""How much is taken on: answers at once, requests of one caller, time that a client may take."""
