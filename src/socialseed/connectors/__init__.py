"""The platforms, each a folder of data and translation behind one Protocol of five members."""
