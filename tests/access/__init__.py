"""Who may do what, for whom: the matrix of roles, institutions and relations, generated from the registries."""
