"""HL7 v2 without storage: frames, character sets, parsing, answers, and what messages say as plain facts."""
