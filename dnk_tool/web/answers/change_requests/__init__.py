"""The reviewers' change requests, answered one after the other beside the fields that they are about."""
