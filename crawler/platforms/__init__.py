"""What two or more sources share: bases for spiders of one platform, and helpers for their labels."""
