"""The suite. What stands directly in this folder is shared by the rooms of the suite; each room has its own folder."""
