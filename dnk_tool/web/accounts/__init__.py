"""A person's account: sign-in, second factor, passkeys, registration, first start."""
