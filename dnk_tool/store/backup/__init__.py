"""What a backup is made of: a copy of the database, files of the instance, and the archive around them."""
