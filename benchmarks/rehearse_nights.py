"""How long do 1,000 rehearsed nights take, engine, faults and judge and all?

    .venv/bin/python benchmarks/rehearse_nights.py [NIGHTS]

It prints seconds by the clock, seconds of processor time, nights and violations for each built-in
evening, for typical sleepers and two processes.
"""

import resource
import sys
from time import perf_counter

from evenfall.app.cli.rehearse import all_nights, typical_setting
from evenfall.app.home import BUILT_IN, builtin_score
from evenfall.rehearse.nights.faults import FAULTS
from evenfall.rehearse.nights.summary import summed_up

SEED, WORKERS = 7, 2


def processor_s() -> float:
    """Processor time of this process and of those it has waited for."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(resource.getrusage(one).ru_utime + resource.getrusage(one).ru_stime for one in who)


def main() -> None:
    """Rehearse each built-in evening."""
    nights = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    print(f"{'evening':16}{'sleepers':>9}{'seconds':>9}{'processor':>11}{'violations':>12}")
    for name in BUILT_IN:
        setting, kinds = typical_setting(builtin_score(name)), tuple(FAULTS)
        begun, used_s = perf_counter(), processor_s()
        found = summed_up(setting, SEED, kinds, all_nights(setting, SEED, kinds, nights, WORKERS))
        spent_s, used_s = perf_counter() - begun, processor_s() - used_s
        sleepers = setting.programme.sleepers
        print(f"{name:16}{sleepers:9}{spent_s:9.1f}{used_s:11.1f}{found.violations:12}")


if __name__ == "__main__":
    main()
