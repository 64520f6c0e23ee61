"""Brings editions of emission factors from tables into the instance folder."""
