"""Instagram: the Instagram Platform for professional accounts."""
