"""This machine without Qt: paths, files, secrets, autostart, instance, logs."""
