"""What launchlint knows about libraries: one TOML file each, and the schema that reads them."""
