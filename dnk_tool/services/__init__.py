"""The verbs, one function each: permit, decide, write, record the event."""
