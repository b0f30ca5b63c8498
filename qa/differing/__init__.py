"""Where sources differ or agree: values, sides, labels and how far to rely on them."""
