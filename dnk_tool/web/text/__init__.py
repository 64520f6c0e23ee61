"""Texts and numbers of pages: labels, filters, form fields, amounts, paging."""
