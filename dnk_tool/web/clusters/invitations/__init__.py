"""How far a cluster's invitations to companies got, reminders of them, and the page to decline one."""
