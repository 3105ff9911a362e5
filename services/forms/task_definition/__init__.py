"""Task definitions as data: comparing them, turning them into form fields and back, judging them."""
