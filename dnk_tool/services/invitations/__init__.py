"""Secret links by mail: invitations to companies and clusters, and requests for answers."""
