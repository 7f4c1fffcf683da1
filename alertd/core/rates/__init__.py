"""What the weekly report counts: facts of dossiers as of an instant, counts, the indicators R1 to R7, goals."""
