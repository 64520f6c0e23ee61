"""What a button fills into empty fields: amounts and sentences from lines, states of Scope 3, zeros."""
