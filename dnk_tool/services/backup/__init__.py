"""Makes backups, checks them and puts them back; a restored copy stays quiet until it is resumed."""
