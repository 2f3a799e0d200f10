"""namewire beside other ways to do the same work: speed (scripts/bench_peers) and agreement (scripts/parity)."""
