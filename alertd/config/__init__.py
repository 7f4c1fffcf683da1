"""What an admin writes in `config/`: read with positions, made into the core's rules, checked."""
