"""What the tests of all packages share: an office on a real database, people, a clock."""
