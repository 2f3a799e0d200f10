"""What scripts/chaos and scripts/soak share."""
