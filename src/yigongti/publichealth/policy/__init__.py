"""What the owner of public health signs: the codes of certificates of birth and death."""
