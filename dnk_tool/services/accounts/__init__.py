"""Accounts: creation, passwords, passkeys, second factor, single sign-on, first start."""
