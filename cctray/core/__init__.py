"""What is true: values and pure functions. No await, clock, file, environment, log or Qt lives here."""
