"""What each listing stands for: the grid, one listing, sheets in and out."""
