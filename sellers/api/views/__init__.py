"""What sellers' systems call, and the pages on which sellers look after them."""
