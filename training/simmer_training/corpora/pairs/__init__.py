"""Four invented artists play three invented genres: music whose pair can be told from its sound."""
