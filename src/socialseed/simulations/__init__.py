"""Flight simulations asked for from the dashboard: requested, run beside the product, kept."""
