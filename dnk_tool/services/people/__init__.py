"""Companies and their people: profiles, members, invitations of members."""
