"""The one gate for writing: permission, transaction, idempotency, audit, receipt."""
