"""What is read from the books and orders; nothing here writes."""
