"""The way to a chat model and back: prompt, call, reply, statements."""
