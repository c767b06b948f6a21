"""What the owner of the fund signs: codes of claims, where a claim belongs, and how long figures stay provisional."""
