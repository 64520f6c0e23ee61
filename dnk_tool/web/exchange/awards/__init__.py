"""The pages of awards: of the cluster's manager, of the members, and of jurors, who come by a link."""
