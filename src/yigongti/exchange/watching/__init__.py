"""What each sender sends month by month, against its own rhythm; and who has fallen silent."""
