"""The pages of billing, for sellers whose market takes deposits."""
