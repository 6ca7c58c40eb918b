"""Assembly and command line: which roles this process runs."""
