"""What people read: templates and their rendering, Vietnamese first."""
