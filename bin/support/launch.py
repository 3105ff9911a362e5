"""Report the own process group to the guard through a pipe, then exec the given command.

The child reports itself before it runs the command, so the guard always knows it.
"""

import os
import sys

if __name__ == "__main__":
    pipe = int(sys.argv[1])
    os.write(pipe, f"{os.getpid()}\n".encode())
    os.close(pipe)
    os.execvp(sys.argv[2], sys.argv[2:])
