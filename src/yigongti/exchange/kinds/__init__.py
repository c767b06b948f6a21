"""One module for each kind of sheet: its columns, what is checked against what we have, where its rows go."""
