"""What `alertd check` looks for beyond form: one module per idea, each with `check(context)`."""
