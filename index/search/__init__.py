"""Search: what keywords and vectors find, fused, looked at closely, each story counted once."""
