"""A sweep over two Dask workers of which one is killed, and its rows as DuckDB reads them."""

import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time

wavert, folder = sys.argv[1], pathlib.Path(sys.argv[2])
sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "docs"))

import duckdb
import scale_out
from distributed import Client, LocalCluster

COMMAND = [wavert, "sweep", "s05-14-ms-on-the-ring", "--vary", "client.0.packet=240fr..720fr:240fr", "--seeds", "4000"]


def digest(text):
    return re.search(r"digest ([0-9a-f]{16})", text).group(1)


def kill_one(cluster, parts):
    """Kills a worker as soon as some parts are there."""
    while len(list(parts.glob("*.jsonl"))) < 8:
        time.sleep(0.01)
    os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
    print("killed one of two workers")


def main():
    alone = subprocess.run(COMMAND + ["--out", folder / "alone"], capture_output=True, text=True, check=True).stdout
    cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
    killer = threading.Thread(target=kill_one, args=(cluster, folder / "spread" / "parts"), daemon=True)
    done = []
    with Client(cluster) as client:
        killer.start()
        spread = scale_out.sweep(client, COMMAND, str(folder / "spread"), 20, done.append)
    cluster.close()
    assert not killer.is_alive(), "it was over before a worker could be killed"
    assert len(done) == 20
    assert digest(alone) == digest(spread), (alone, spread)
    for kind, read in (("jsonl", "read_json_auto"), ("csv", "read_csv_auto")):
        path = folder / "spread" / f"rows.{kind}"
        rows = duckdb.sql(
            f"""select "client.0.packet" as packet, count(*), count(distinct seed), sum(glitches)::bigint,
                min(worst_margin_ns), count(distinct run) from {read}('{path}') group by 1 order by 1"""
        ).fetchall()
        assert rows == [
            ("240fr", 4000, 4000, 4000, -9_000_000, 4000),
            ("480fr", 4000, 4000, 4000, -4_000_000, 4000),
            ("720fr", 4000, 4000, 0, 1_000_000, 4000),
        ], rows
    print(f"20 shards on two workers and 12000 rows in DuckDB: digest {digest(spread)}")


if __name__ == "__main__":
    main()
