"""The end of a round: drafts of remarks, their preview, and the request for changes or the approval."""
