"""Who may come in and what they may do: roles, codes, sessions, passphrases and passkeys."""
