"""What a user saves and shares: tables of data and typed, versioned documents."""
