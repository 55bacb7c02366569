"""Put keys on disk so that nobody else can read them at any moment, and so that none is lost.

A file of a key is created with mode 0600 under a temporary name (O_EXCL, O_NOFOLLOW), written in full, and
only then given its name: by ``link``, which fails where a file of that name exists, or by ``rename`` where
the caller asked to replace it; the key that was replaced stays beside it as ``….old``. A reader sees the old
file or the new one, never half of one.
"""

from __future__ import annotations

import contextlib
import datetime
import errno
import fcntl
import os
import secrets
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Optional

from sming_host.errors import UserError
from sming_host.named import exists, is_dir

SECRET = 0o600
"""Mode of files that hold a private key."""

PUBLIC = 0o644
"""Mode of files that hold a certificate."""


def _user_error(path: Path, error: OSError) -> UserError:
    hint = {
        errno.EACCES: "You have no permission to write there.",
        errno.EROFS: "The file system is read-only.",
        errno.ENOSPC: "The disk is full.",
        errno.EDQUOT: "Your disk quota is used up.",
        errno.ENOTDIR: "A folder is needed where a file stands.",
        errno.EEXIST: "Something else of that name is in the way.",
    }.get(error.errno or 0, "")
    return UserError(f"{path}: {error.strerror}", hint=hint)


def make_folder(path: Path) -> None:
    """Make a folder and those above it, if they are not there."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _user_error(path, error) from error


def _create(path: Path, data: bytes, mode: int) -> None:
    """Create a file that must not exist, with the final mode from the first moment."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(path, flags, mode & SECRET)
    try:
        # The umask can only have taken bits away from the mode; set what is meant.
        os.fchmod(descriptor, mode)
        with os.fdopen(descriptor, "wb", closefd=False) as file:
            file.write(data)
            file.flush()
        os.fsync(descriptor)
    except BaseException:
        path.unlink()
        raise
    finally:
        os.close(descriptor)


def keep_previous(path: Path) -> Optional[Path]:
    """Give what `path` holds a second name, so that replacing it loses nothing. Returns it, if there is a file."""
    stamp = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%S")
    kept = path.with_name(f"{path.name}.{stamp}-{secrets.token_hex(2)}.old")
    try:
        data = path.read_bytes()
        _publish_new(path, kept, data, SECRET)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _user_error(kept, error) from error
    return kept


def write(path: Path, data: bytes, mode: int, replace: bool) -> None:
    """Write a file in one step. Without `replace`, a file that exists is left alone and `FileExistsError` is raised."""
    make_folder(path.parent)
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}")
    try:
        _create(temporary, data, mode)
        try:
            if replace:
                temporary.replace(path)
            else:
                _publish_new(temporary, path, data, mode)
        finally:
            with contextlib.suppress(FileNotFoundError):
                temporary.unlink()
    except FileExistsError:
        raise
    except OSError as error:
        raise _user_error(path, error) from error


def _publish_new(temporary: Path, path: Path, data: bytes, mode: int) -> None:
    """Give a finished file its name, unless that name is taken."""
    try:
        os.link(temporary, path, follow_symlinks=False)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.EMLINK):
            raise
        # File systems without hard links (FAT, some network shares): exclusive creation is all they offer.
        _create(path, data, mode)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Only one process at a time works in a folder of keys; the second waits for the first."""
    make_folder(folder)
    path = folder / ".lock"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, SECRET)
    except OSError as error:
        raise _user_error(path, error) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def read(path: Path) -> bytes:
    """Contents of a file the user named or owns."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise _user_error(path, error) from error


def ignore_in_git(folder: Path, names: Sequence[str]) -> bool:
    """Make sure that a ``.gitignore`` beside the files lists them (and itself). True when it had to be written."""
    path = folder / ".gitignore"
    present = read(path).decode(errors="replace") if exists(path) else ""
    lines = present.splitlines()
    missing = [name for name in [*names, "/.gitignore"] if name not in lines]
    if not missing or "*" in lines:
        return False
    if present:
        # A .gitignore of the user's own: add to it, and leave it to them whether it is committed.
        missing.remove("/.gitignore") if "/.gitignore" in missing else None
        if not missing:
            return False
    kept = present if not present or present.endswith("\n") else present + "\n"
    write(path, (kept + "\n".join(missing) + "\n").encode(), PUBLIC, replace=True)
    return True


def refuse_tracked(paths: Sequence[Path]) -> None:
    """Raise when git tracks one of the paths: the next commit would publish the key."""
    for path in paths:
        folder = _existing_folder(path)
        repository = _repository(folder)
        if repository is None:
            continue
        # The path below the folder that exists; git wants it relative to where it runs.
        relative = Path(os.path.relpath(path.absolute(), folder))
        if _git_tracks(folder, relative):
            raise UserError(
                f"{path} is tracked by git: a key written there would be published with the next commit",
                hint=f"Take it out of git first:  git rm --cached {path}",
            )


def _existing_folder(path: Path) -> Path:
    folder = path.absolute().parent
    while not is_dir(folder):
        folder = folder.parent
    return folder


def _repository(folder: Path) -> Path | None:
    for candidate in [folder.resolve(), *folder.resolve().parents]:
        if exists(candidate / ".git"):
            return candidate
    return None


def _git_tracks(folder: Path, relative: Path) -> bool:
    # A hook or an outer git command may have set GIT_DIR and friends: they would point at another repository.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = [
        "git",
        "-c",
        "safe.directory=*",
        "-c",
        "core.fsmonitor=false",
        "ls-files",
        "-z",
        "--",
        os.fspath(relative),
    ]
    try:
        result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    except FileNotFoundError as error:
        raise UserError(
            f"{folder} is in a git repository, but git is not installed to tell whether a key there would be published",
            hint="Install git, or generate the certificate outside of the repository.",
        ) from error
    if result.returncode != 0:
        message = result.stderr.decode(errors="replace").strip()
        raise UserError(f"git cannot tell whether it tracks {folder / relative}: {message}")
    return bool(result.stdout)
