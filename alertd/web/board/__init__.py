"""The board: what officers, heads, the leadership and admins look at."""
