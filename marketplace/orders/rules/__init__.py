"""Pure decisions about orders: their facts, custody, prices and ways."""
