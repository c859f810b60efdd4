"""How fast the main job is, told beside floors that are measured in the same run."""
