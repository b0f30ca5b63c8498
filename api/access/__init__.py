"""Who may do what: keys, what they are granted, and the two checks that hold to it."""
