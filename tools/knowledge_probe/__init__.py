"""The part of `prove_knowledge.py` that runs inside the environment of a library; standard library only."""
