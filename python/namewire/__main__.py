"""The command `namewire`, also as `python -m namewire`."""

import os
import signal
import sys

from namewire import _namewire, _runtime


def main() -> int:
    """Runs the command line and returns its exit status."""
    # The program watches for Ctrl-C itself; Python would only see it at the end.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    _runtime.silence_telemetry()
    if library := _runtime.library():
        os.environ["ORT_DYLIB_PATH"] = library
    return _namewire.main(["namewire", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
