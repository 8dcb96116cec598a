"""Papers about money between the marketplace and a seller: what they say, drawn as PDF. Pure: no database."""
