"""What FHIR resources say of persons and their lives, as the record takes it in."""
