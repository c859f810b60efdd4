"""What people set up: the chart of accounts, channel ledgers, site declarations."""
