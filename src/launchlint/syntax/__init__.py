"""Trees to layer-1 facts: what a file says, without knowing any SDK and without any verdict."""
