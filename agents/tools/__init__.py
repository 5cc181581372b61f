"""The tools of the assistant: one file each, declaring `TOOL`."""
