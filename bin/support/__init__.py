"""What the commands beside this folder share: installing, starting servers, ending them."""
