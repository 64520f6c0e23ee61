"""Texts and numbers of pages: labels, filters, form fields and errors, answers, amounts, paging."""
