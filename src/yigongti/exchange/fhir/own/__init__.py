"""What the platform itself holds, told as FHIR when it is asked for: the record, the register, the referrals."""
