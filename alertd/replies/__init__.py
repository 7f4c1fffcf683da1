"""What people send back: connecting, acknowledging, explaining, handing over, asking."""
