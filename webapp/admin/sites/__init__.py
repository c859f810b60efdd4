"""Sites: their five tabs, their channel ledgers, how a store is connected."""
