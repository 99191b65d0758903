"""The user's files: read whole, written whole, never lost.

Reading takes the bytes once, so that what is checked is what is printed.  Writing goes to a
temporary file in the same folder, to the disk, and then under its name in one step: a full disk, a
pulled plug or a killed process leaves the old file as it was.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from ..errors import InputError, InUseError, OutputError, said_by_system
from .leftovers import remove_leftovers, temporary
from .names import (
    already_there,
    check_name,
    fitting_name,
    is_lock_file,
    is_open_elsewhere,
    not_there,
    quoted,
    reachable,
    shown_name,
)  # fmt: skip

MAX_INPUT_BYTES = 50 * 1024 * 1024
"""A standard workbook has 40 KB, a report with pictures a few MB; more is the wrong file."""

_WINDOWS = os.name == "nt"
_NO_SPACE = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
_NO_LINKS = (
    errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS, errno.EXDEV,
)  # fmt: skip
"""How file systems say that they have no hard links (USB sticks)."""


# --------------------------------------------------------------------------- reading


def read_input(path: Path | str) -> bytes:
    """Read a file of the user.

    Args:
        path: as the user gave it.

    Returns:
        its whole content, at least one byte and at most :data:`MAX_INPUT_BYTES`.

    Raises:
        InputError: missing, a folder, not a file, a lock file of Excel or WPS, no right to read it,
            open elsewhere (Windows), empty, too large, or changed while it was read.
    """
    path = Path(path)
    name = shown_name(path)
    if is_lock_file(path):
        raise InputError(f"{name}是 Excel 或 WPS 打开文件时留下的临时文件，不是工作簿。请选不带“~$”或“.~”的同名文件。")
    try:
        data = _read_whole(reachable(path))
    except OSError as error:
        raise InputError(_read_failure(path, error)) from error
    except ValueError as error:  # a NUL in the name
        raise InputError(f"文件名{name}里有不能用的字符，无法打开。请检查文件名。") from error
    if not data:
        raise InputError(
            f"{name}是空文件（0 字节），可能没有保存，没有复制完或下载完。"
            "请用 Excel 或 WPS 打开确认、重新保存，或重新取得文件。"
        )
    return data


def _read_whole(path: Path) -> bytes:
    before = path.stat()
    _require_regular(before, path)
    if before.st_size > MAX_INPUT_BYTES:
        raise InputError(
            f"{shown_name(path)}超过 {MAX_INPUT_BYTES // 1024 // 1024} MB，不像是年度报告的文件。"
            "请确认选对了文件；如果里面插了大图片，请删去图片后另存。"
        )
    with open(path, "rb", opener=_without_waiting) as file:
        _require_regular(os.fstat(file.fileno()), path)  # it may be another one by now
        data = file.read(before.st_size + 1)  # one byte more, to see that the file has grown
        after = os.fstat(file.fileno())
    if data and (len(data), after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        raise InputError(f"{shown_name(path)}在读取时被改动，可能正在保存或同步。请等保存完成后再试。")
    return data


def _without_waiting(path: str, flags: int) -> int:
    """Open a file; a pipe that nobody writes to would make us wait for ever."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def refuse_device(path: Path | str) -> None:
    """Refuse a device, pipe or socket where a file is read by other means; what is not there passes.

    Raises:
        InputError: reading it would wait, or never end.
    """
    path = Path(path)
    if path.exists() and not path.is_dir():
        _require_regular(path.stat(), path)


def _require_regular(info: os.stat_result, path: Path) -> None:
    if stat.S_ISDIR(info.st_mode):
        raise InputError(f"{shown_name(path)}是文件夹，不是文件。请选文件夹里的工作簿。")
    if not stat.S_ISREG(info.st_mode):
        raise InputError(f"{shown_name(path)}不是普通文件（设备或管道），无法读取。请选磁盘上的文件。")


def _read_failure(path: Path, error: OSError) -> str:
    name = shown_name(path)
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return not_there(path)
    if isinstance(error, PermissionError):
        if _WINDOWS:
            return (
                f"{name}打不开，可能正在 Excel 或 WPS 里打开着。请保存并关闭后再试；若没有打开，请向管理员要读取权限。"
            )
        return f"没有读取{name}的权限。请把文件复制到自己的文件夹，或请管理员开放读取权限。"
    if error.errno == errno.ENAMETOOLONG:
        return f"文件名{quoted(path.name[:40])}…太长，无法打开。请把文件改短名字后再试。"
    return f"读取{name}时出错（{said_by_system(error)}）。请把文件复制到本机磁盘后再试。"


# --------------------------------------------------------------------------- writing


def write_output(
    path: Path | str,
    data: bytes,
    *,
    force: bool = False,
    keep: bool = True,
    inputs: Iterable[Path | str] = (),
    tidy: bool = True,
) -> Path | None:
    """Put ``data`` under ``path`` in one step: the whole file or nothing; see :func:`write_outputs`.

    Returns:
        the copy of the old file, or None when there was nothing to keep.
    """
    return write_outputs([(path, data)], force=force, keep=keep, inputs=inputs, tidy=tidy)[0]


def write_outputs(
    outputs: Sequence[tuple[Path | str, bytes]],
    *,
    force: bool = False,
    keep: bool = True,
    inputs: Iterable[Path | str] = (),
    tidy: bool = True,
) -> list[Path | None]:
    """Put files under their names: all of them whole, or none at all.

    Args:
        outputs: where to, and the whole content, of each.  A missing folder is made.  A link of that name
            is never followed: it counts as a file that is there, and ``force`` puts the new file in its
            place, not where it points.
        force: replace existing files, keeping a dated copy of each beside it.  A file that already
            holds exactly what is to be written is left alone, without a copy.
        keep: False for files that are wholly ours and say so in themselves: no copy is kept.
        inputs: files the result was made from; they are never overwritten, not even with ``force``.
        tidy: first remove temporary files that a killed run left in the folders; False where the
            caller writes many files into them and has done so.

    Returns:
        the copy of each old file, or None when there was nothing to keep.

    Raises:
        OutputError: a file exists and ``force`` is not set, would overwrite an input, or cannot
            be written; whatever stood there is unchanged and nothing partial is left.
    """
    sources, staged = list(inputs), [_Staged(Path(path)) for path, _ in outputs]
    try:
        for one, (_, data) in zip(staged, outputs, strict=True):
            with _told(one.path):
                one.prepare(data, force=force, inputs=sources, tidy=tidy)
        for one in staged:
            with _told(one.path):
                one.publish(keep=keep)
    except BaseException:
        for one in reversed(staged):
            one.undo()
        raise
    finally:
        for one in staged:
            one.clear()
    return [one.copy for one in staged]


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn what the system says about a file into words for the user."""
    try:
        yield
    except OSError as error:
        raise _write_failure(path, error) from error


def write_aside(path: Path, data: bytes, *, inputs: Iterable[Path | str] = ()) -> tuple[Path, Path | None]:
    """Replace a file as :func:`write_output` does; one that is open elsewhere stays, and the new one goes beside it.

    On Linux the open file could be replaced, and whoever has it open would write over ours.

    Args:
        path: where to.
        data: the whole content.
        inputs: files the result was made from.

    Returns:
        where it was written, ``甲（2）.docx`` beside ``甲.docx`` if that is open, and the copy of the old file.

    Raises:
        OutputError: as for :func:`write_output`.
    """
    target = _target(path)
    if not (is_open_elsewhere(target) and _differs(target, data)):
        try:
            return path, write_output(path, data, force=True, inputs=inputs)
        except InUseError:
            pass
    for n in range(2, 1000):
        aside = path.with_name(fitting_name(path.stem, f"（{n}）{path.suffix}"))
        if not _target(aside).exists():
            return aside, write_output(aside, data, inputs=inputs)
        if not _differs(_target(aside), data):
            return aside, None
    raise InUseError(f"{shown_name(path)}打开着，旁边的同名文件太多，没有写入。请关闭它再做一次。")


def _differs(target: Path, data: bytes) -> bool:
    """Tell whether a file that stands there has another content, as far as one may read it."""
    try:
        return target.read_bytes() != data
    except OSError:
        return target.exists()


def _target(path: Path) -> Path:
    """Return where a file really goes: links to folders are followed, a link of its own name is not."""
    # Asking Windows for the real name fails for long paths under wine, and nothing here depends on it there.
    real = os.path.abspath if _WINDOWS else os.path.realpath
    return reachable(Path(real(path.parent)) / path.name)


def refuse_existing(path: Path | str, *, force: bool) -> None:
    """Refuse an output that is there already before the work on it begins; :func:`write_output` asks again.

    Raises:
        OutputError: the file exists and ``force`` is not set.
    """
    if not force and os.path.lexists(path):
        raise already_there(Path(path))


class _Staged:
    """A file on its way: written under a temporary name, then given its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.target = path
        self.temp: Path | None = None
        self.old: os.stat_result | None = None
        self.copy: Path | None = None
        self.published = False

    def prepare(self, data: bytes, *, force: bool, inputs: Iterable[Path | str], tidy: bool) -> None:
        """Refuse what must not be replaced, and write the data to the disk."""
        check_name(self.path)
        self.target = _target(self.path)
        self.target.parent.mkdir(parents=True, exist_ok=True)
        if tidy:
            remove_leftovers(self.target.parent)
        self.old = _existing(self.path, self.target, inputs)
        if self.old is not None and not force:
            raise already_there(self.path)
        if self.old is not None and _holds(self.target, self.old, data):
            return
        self.temp = temporary(self.target.parent)
        _write_through(self.temp, data)

    def publish(self, *, keep: bool) -> None:
        """Give the file its name; what stood there is kept as a copy."""
        if self.temp is None:
            return
        if self.old is None:
            try:
                _publish(self.temp, self.target)
            except FileExistsError:  # somebody else was quicker; theirs stays
                raise already_there(self.path) from None
        else:
            if stat.S_ISREG(self.old.st_mode):
                self.temp.chmod(stat.S_IMODE(self.old.st_mode) & 0o777)
            self.copy = _keep_copy(self.target) if keep else None
            os.replace(self.temp, self.target)
        self.published = True
        _sync_folder(self.target.parent)

    def undo(self) -> None:
        """Put back what stood there; a copy of what was not replaced is of no use."""
        if self.published and self.old is None:
            _remove(self.target)
        elif self.published and self.copy is not None:
            with contextlib.suppress(OSError):
                os.replace(self.copy, self.target)
        elif self.copy is not None:
            _remove(self.copy)

    def clear(self) -> None:
        """Remove the temporary file."""
        if self.temp is not None:
            _remove(self.temp)


def _existing(path: Path, target: Path, inputs: Iterable[Path | str]) -> os.stat_result | None:
    """Return what stands at ``target`` now, None if nothing, after refusing what must not be replaced."""
    try:
        info = target.lstat()
    except FileNotFoundError:
        return None
    if target.is_dir():
        raise OutputError(f"{shown_name(path)}是文件夹，不能作为输出文件名。请在后面写上文件名。")
    if not (stat.S_ISREG(info.st_mode) or stat.S_ISLNK(info.st_mode)):
        raise already_there(path)
    for source in inputs:
        with contextlib.suppress(FileNotFoundError):
            if os.path.samefile(source, target):
                raise OutputError(f"输出文件{shown_name(path)}就是输入文件，没有覆盖。请换一个输出文件名。")
    # Root may write to anything, and a rename ignores the file's own mode: ask the mode itself.
    if not info.st_mode & 0o222:
        raise OutputError(f"{shown_name(path)}是只读文件，没有覆盖。请取消只读属性，或换一个文件名。")
    return info


def _holds(target: Path, info: os.stat_result, data: bytes) -> bool:
    return stat.S_ISREG(info.st_mode) and info.st_size == len(data) and target.read_bytes() == data


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


def _write_through(path: Path, data: bytes) -> None:
    """Create ``path`` with the user's own umask and have its bytes on the disk on return."""
    fd = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o666)
    with os.fdopen(fd, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(fd)


def _publish(temp: Path, target: Path) -> None:
    """Give ``temp`` its name, never over another file.

    Raises:
        FileExistsError: there is a file of that name.
    """
    if _WINDOWS:
        temp.rename(target)  # Windows refuses an existing target
    elif _link(temp, target):
        temp.unlink()
    elif os.path.lexists(target):  # without hard links this is the best there is
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
    else:
        os.replace(temp, target)


def _link(source: Path, target: Path) -> bool:
    """Give a file a second name; False where the file system has no hard links."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        return False
    return True


def _keep_copy(target: Path) -> Path:
    """Keep ``target`` under a dated name beside it; it stays where it is, too."""
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    for n in range(1, 1000):
        mark = f".备份{stamp}" if n == 1 else f".备份{stamp}-{n}"
        copy = target.with_name(fitting_name(target.stem, mark + target.suffix))
        with contextlib.suppress(FileExistsError):
            _copy(target, copy)
            return copy
    raise OutputError(f"{shown_name(target)}的备份太多，没有覆盖。请先清理同一文件夹里的备份。")


def _copy(source: Path, copy: Path) -> None:
    if source.is_symlink():  # what it points to stays where it is
        copy.symlink_to(os.readlink(source))
        return
    # Windows cannot remove a link to a file that Word has open, so a failed run would leave it.
    if not _WINDOWS and _link(source, copy):
        return
    from shutil import copystat  # loads every compressor there is; few file systems have no links

    temp = temporary(copy.parent)
    try:
        _write_through(temp, source.read_bytes())
        copystat(source, temp)
        _publish(temp, copy)
    finally:
        temp.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Have the new name itself on the disk; not every file system can, and none is worse off."""
    if _WINDOWS:
        return
    with contextlib.suppress(OSError):
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


def _write_failure(path: Path, error: OSError) -> OutputError:
    name, folder, kept = shown_name(path), quoted(path.parent), "没有写入，原有文件未变"
    if isinstance(error, PermissionError):
        if _WINDOWS and reachable(path).exists():
            return InUseError(f"{name}可能正在 Word、Excel 或 WPS 里打开着，{kept}。请保存并关闭它，再做一次。")
        return OutputError(f"没有在{folder}里写{name}的权限，{kept}。请换一个位置，或请管理员开放权限。")
    no_folder = f"{folder}不是可用的文件夹，{kept}。请检查 U 盘或网络盘是否连着，或换一个位置。"
    known = {
        **dict.fromkeys(_NO_SPACE, f"磁盘空间不足或超出配额，{name}{kept}。请清理磁盘，或换一个位置。"),
        errno.EROFS: f"{folder}是只读的（如光盘、只读挂载），{name}{kept}。请换一个位置。",
        errno.ENAMETOOLONG: f"文件名或路径太长，{kept}：{name}。请换短一些的文件名或位置。",
        **dict.fromkeys((errno.ENOENT, errno.ENOTDIR, errno.EEXIST), no_folder),
    }  # fmt: skip
    other = f"写{name}时出错（{said_by_system(error)}），{kept}。请换一个位置再试。"
    return OutputError(known.get(error.errno or 0, other))
