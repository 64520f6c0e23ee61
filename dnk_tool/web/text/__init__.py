"""Texts and numbers of pages: labels, filters, form fields and their errors, answers, amounts, paging."""
