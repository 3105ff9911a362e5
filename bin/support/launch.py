"""Tells the guard its process group through the pipe that it was handed, then becomes the command it was given.

The child says so itself, before it is anything else: there is no moment in which it runs and the guard does not know.
"""

import os
import sys

if __name__ == "__main__":
    pipe = int(sys.argv[1])
    os.write(pipe, f"{os.getpid()}\n".encode())
    os.close(pipe)
    os.execvp(sys.argv[2], sys.argv[2:])
