"""Spreads the shards of a sweep over the workers of Dask distributed.

    python docs/scale_out.py --shards 16 --out DIR -- wavert sweep FILE --vary KEY=VALUES --seeds N

starts two workers on this machine; --workers starts more, --scheduler takes those of a cluster that is there, all of
which have to see DIR. A shard whose worker dies is done again by another one: what is written already is not repeated.
"""

import argparse
import subprocess

from distributed import Client, LocalCluster, as_completed


def run_shard(command, out, shard, shards):
    """Does one shard to its end. Each part of it appears whole, so it may be begun twice."""
    arguments = ["--out", out, "--shard", f"{shard}/{shards}", "--threads", "1"]
    ended = subprocess.run(command + arguments, capture_output=True, text=True)
    if ended.returncode != 0:
        raise RuntimeError(ended.stderr)
    return shard


def sweep(client, command, out, shards, progress=lambda done: None):
    """Does all shards on the workers of `client`, then puts them together; what the merge prints."""
    numbers = range(1, shards + 1)
    tasks = client.map(lambda shard: run_shard(command, out, shard, shards), numbers, pure=False, retries=3)
    for done, _ in enumerate(as_completed(tasks, raise_errors=True), 1):
        progress(done)
    client.gather(tasks)
    merge = subprocess.run([command[0], "sweep", "--merge", out], capture_output=True, text=True)
    if merge.returncode != 0:
        raise RuntimeError(merge.stderr)
    return merge.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shards", type=int, required=True, help="a few per worker; each of some seconds")
    parser.add_argument("--out", required=True, help="a folder that all workers see")
    parser.add_argument("--workers", type=int, default=2, help="workers on this machine")
    parser.add_argument("--scheduler", help="the address of a scheduler that is there")
    parser.add_argument("command", nargs="+", help="-- wavert sweep FILE … without --out and --shard")
    arguments = parser.parse_args()
    cluster = arguments.scheduler or LocalCluster(
        n_workers=arguments.workers, threads_per_worker=1, dashboard_address=None
    )
    with Client(cluster) as client:
        def progress(done):
            print(f"{done} of {arguments.shards} shards done", flush=True)

        print(sweep(client, arguments.command, arguments.out, arguments.shards, progress), end="")
    if not arguments.scheduler:
        cluster.close()


if __name__ == "__main__":
    main()
