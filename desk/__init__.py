"""The coordinator's web desk."""
