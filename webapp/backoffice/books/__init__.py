"""Money: what an order should post, to which ledgers, on which day; payouts."""
