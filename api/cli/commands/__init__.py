"""The commands that stand in the main help; each module is light, and loads its work when a command runs."""
