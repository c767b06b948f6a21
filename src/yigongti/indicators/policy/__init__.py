"""What owners of figures sign: the catalogue, one file a family; targets and sources; limits of publication."""
