"""Policy of this chapter: roles, parameters, the working calendar."""
