"""The walls around what decodes strangers' pictures: little memory and time, and no way to anything but its answer.

The kernel itself lets the process compute, and read and write what is open (seccomp(2)): it cannot open a file,
connect, start a program or see another process, whatever a picture makes its decoder do. Where the kernel or the
processor is another than the two that are known here, the limits alone hold.
"""

import ctypes
import os
import platform
import resource
import signal
import struct

MEMORY_BYTES = 640 * 1024 * 1024
CPU_S = 8
PATIENCE_S = 12

_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 22, 38
_MODE_FILTER = 2
_LOAD, _EQUALS, _RETURN = 0x20, 0x15, 0x06
_KILL, _ALLOW = 0x8000_0000, 0x7FFF_0000
_NUMBER_AT, _MACHINE_AT = 0, 4  # in struct seccomp_data

# read write close lseek mmap mprotect munmap brk mremap madvise rt_sigprocmask rt_sigreturn futex clock_gettime
# getrandom exit exit_group
_CALLS = {
    "x86_64": (0xC000_003E, (0, 1, 3, 8, 9, 10, 11, 12, 25, 28, 14, 15, 202, 228, 318, 60, 231)),
    "aarch64": (0xC000_00B7, (63, 64, 57, 62, 222, 226, 215, 214, 216, 233, 135, 139, 98, 113, 278, 93, 94)),
}


class _Filter(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


class Walls:
    """Prepared once, then closed in each copy of the process that is to decode one picture."""

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        code = _instructions()
        self._code = ctypes.create_string_buffer(code)
        self._filter = _Filter(len(code) // 8, ctypes.addressof(self._code))

    def close(self, keep: int) -> None:
        """From now on this process can only compute and write to the descriptor `keep`. Not to be undone."""
        os.closerange(0, keep)
        os.closerange(keep + 1, 1 << 16)
        for what, most in (
            (resource.RLIMIT_AS, MEMORY_BYTES),
            (resource.RLIMIT_CPU, CPU_S),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
        ):
            resource.setrlimit(what, (most, most))
        signal.setitimer(signal.ITIMER_REAL, PATIENCE_S)
        self._control(_PR_SET_PDEATHSIG, signal.SIGKILL)
        self._control(_PR_SET_NO_NEW_PRIVS, 1)
        if len(self._code) > 8:
            self._libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(self._filter), 0, 0)

    def _control(self, what: int, value: int) -> None:
        if self._libc.prctl(what, value, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl")


def _instructions() -> bytes:
    """The program that the kernel runs at each call: of this machine, and one of those that are allowed."""
    machine, calls = _CALLS.get(platform.machine(), (0, ()))
    if not calls:
        return b""
    program = [
        _one(_LOAD, value=_MACHINE_AT),
        _one(_EQUALS, 1, 0, machine),
        _one(_RETURN, value=_KILL),
        _one(_LOAD, value=_NUMBER_AT),
        *(_one(_EQUALS, len(calls) - place, 0, call) for place, call in enumerate(calls)),
        _one(_RETURN, value=_KILL),
        _one(_RETURN, value=_ALLOW),
    ]
    return b"".join(program)


def _one(code: int, if_so: int = 0, if_not: int = 0, value: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_so, if_not, value)
