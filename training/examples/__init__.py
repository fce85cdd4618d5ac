"""Models of other libraries, exported as folders that Simmer plays."""
