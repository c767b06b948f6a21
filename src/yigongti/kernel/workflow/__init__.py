"""Cases that change only by the steps of their page: words, checks, engine, and the book printed from the words."""
