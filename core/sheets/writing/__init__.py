"""Takes an edited budget distribution back into the cells it came from, and never into another one."""
