"""The specialists of the assistant: one file each, declaring `AGENT`."""
