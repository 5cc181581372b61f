"""What import-linter cannot see: guards, sizes, clocks, doors and documents."""
