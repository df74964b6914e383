"""The `funding` command. The only place that knows all three packages."""
