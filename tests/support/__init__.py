"""What several test rooms share: certificates, real TLS peers, and running a built application."""
