"""What is written for an office: tables to print and to hand out."""
