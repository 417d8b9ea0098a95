"""How a case got its goods, as its page shows it: trips, stops and proofs."""
