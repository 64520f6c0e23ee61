"""Finds all data about a person, erases an account, and keeps the log of erasures."""
