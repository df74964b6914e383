"""The steps that bring a store of an earlier version to the present shape."""
