"""What a company agrees to when it joins a cluster, and how it withdraws."""
