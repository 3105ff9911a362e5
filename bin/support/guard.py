"""Guard process: kills the process groups that its parent leaves behind.

It reads group IDs line by line (a negative number has ended). When the pipe closes, it ends the remaining groups.
"""

import os
import signal
import sys
import time


def watch() -> None:
    groups: set[int] = set()
    for line in sys.stdin:
        group = int(line)
        if group < 0:
            groups.discard(-group)
        else:
            groups.add(group)
    for number in (signal.SIGTERM, signal.SIGKILL):
        alive = [group for group in groups if send(group, number)]
        if alive and number == signal.SIGTERM:
            time.sleep(2)


def send(group: int, number: int) -> bool:
    try:
        os.killpg(group, number)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    watch()
