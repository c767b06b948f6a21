"""The pages on identity that data staff would sign: limits, and what makes two registrations look like one human."""
