"""Limits for this process on Windows: a job object (learn.microsoft.com, Job Objects)."""

import ctypes
import sys

_EXTENDED_LIMITS = 9
_PROCESS_TIME, _PROCESS_MEMORY, _NO_ERROR_DIALOG, _KILL_ON_CLOSE = 0x2, 0x100, 0x400, 0x2000
_TICKS = 10_000_000
"""Of 100 ns in a second."""


class _BasicLimits(ctypes.Structure):
    """JOBOBJECT_BASIC_LIMIT_INFORMATION."""

    _fields_ = (
        ("PerProcessUserTimeLimit", ctypes.c_int64), ("PerJobUserTimeLimit", ctypes.c_int64),
        ("LimitFlags", ctypes.c_uint32), ("MinimumWorkingSetSize", ctypes.c_size_t),
        ("MaximumWorkingSetSize", ctypes.c_size_t), ("ActiveProcessLimit", ctypes.c_uint32),
        ("Affinity", ctypes.c_size_t), ("PriorityClass", ctypes.c_uint32), ("SchedulingClass", ctypes.c_uint32),
    )  # fmt: skip


class Limits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION."""

    _fields_ = (
        ("BasicLimitInformation", _BasicLimits), ("IoInfo", ctypes.c_uint64 * 6),
        ("ProcessMemoryLimit", ctypes.c_size_t), ("JobMemoryLimit", ctypes.c_size_t),
        ("PeakProcessMemoryUsed", ctypes.c_size_t), ("PeakJobMemoryUsed", ctypes.c_size_t),
    )  # fmt: skip


def limits(memory: int, seconds: float) -> Limits:
    """Return the limits of a job: bytes of memory, and seconds of processor time."""
    found = Limits(ProcessMemoryLimit=memory)
    found.BasicLimitInformation.PerProcessUserTimeLimit = int(seconds * _TICKS)
    found.BasicLimitInformation.LimitFlags = _PROCESS_TIME | _PROCESS_MEMORY | _NO_ERROR_DIALOG | _KILL_ON_CLOSE
    return found


def limit_process(memory: int, seconds: float) -> None:
    """Put this process into a job of its own, for as long as it lives.

    Raises:
        OSError: the system does not allow it.
    """
    if sys.platform == "win32":
        system = ctypes.WinDLL("kernel32", use_last_error=True)
        system.CreateJobObjectW.restype = system.GetCurrentProcess.restype = ctypes.c_void_p
        wanted = limits(memory, seconds)
        job = ctypes.c_void_p(system.CreateJobObjectW(None, None))  # never closed: it ends with the process
        if not (
            system.SetInformationJobObject(job, _EXTENDED_LIMITS, ctypes.byref(wanted), ctypes.sizeof(wanted))
            and system.AssignProcessToJobObject(job, ctypes.c_void_p(system.GetCurrentProcess()))
        ):
            raise ctypes.WinError(ctypes.get_last_error())
