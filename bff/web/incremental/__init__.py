"""`@defer`: an answer in frames, each with the sections it brings, in the shape and on the way that a client reads."""
