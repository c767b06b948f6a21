"""One person behind several registrations: compared by SQL, weighed by what was learned, put before data staff."""
