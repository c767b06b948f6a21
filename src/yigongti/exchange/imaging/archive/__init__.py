"""A county's image archive over DICOMweb (PS3.18), where there is one: it gets a copy of every image, and draws."""
