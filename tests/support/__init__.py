"""What several tests share: small scores, generated events, a night ready to run."""
