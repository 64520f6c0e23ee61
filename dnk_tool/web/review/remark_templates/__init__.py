"""Reusable remarks: the pages of a cluster's own, and their way into a remark and out of one."""
