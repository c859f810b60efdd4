"""Stock items, listings and what each listing stands for."""
