"""FHIRPath as far as R4's own rules and search parameters use it: parsed once, compiled to closures, typed nodes."""
