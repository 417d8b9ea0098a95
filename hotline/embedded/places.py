"""Where the embedded system keeps its things."""

import hashlib
import os
import stat
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from hotline.embedded.account import Account, database_account
from hotline.embedded.trouble import Trouble

CHECKOUT = Path(__file__).resolve().parent.parent.parent
# A Unix socket's path has room for 107 bytes; supervisord and PostgreSQL append up to twenty to what we name.
LONGEST_SOCKET_DIRECTORY = 80
ELSEWHERE = Path("/var/lib")


@dataclass(frozen=True)
class Places:
    """The directories of one system. `var` is its identity: two systems never share one."""

    var: Path

    @classmethod
    def of_this_checkout(cls) -> "Places":
        return cls(Path(os.environ.get("HOTLINE_VAR") or CHECKOUT / ".var").absolute())

    @property
    def log(self) -> Path:
        return self.var / "log"

    @property
    def run(self) -> Path:
        return self.var / "run"

    @property
    def carrier(self) -> Path:
        return self.var / "carrier"

    @property
    def metrics(self) -> Path:
        return self.run / "metrics"

    @cached_property
    def account(self) -> Account | None:
        return database_account()

    @cached_property
    def database(self) -> Path:
        """PostgreSQL's home: under `var`, or linked from there when its user cannot enter the checkout."""
        return _database_home(self.var, self.account)

    @cached_property
    def sockets(self) -> Path:
        """Sockets of Valkey and supervisord."""
        return _short(self.run, "run", None)

    @cached_property
    def database_socket(self) -> Path:
        return _short(self.database / "run", "db", self.account)

    def make(self) -> None:
        """Creates what is missing. What others of this machine must not read is closed to them."""
        _refuse_anothers(self.var)
        self.var.mkdir(parents=True, exist_ok=True)
        self.var.chmod(0o711)  # PostgreSQL's user passes through, nobody lists
        for directory in (self.log, self.run, self.carrier, self.metrics, self.var / "media"):
            directory.mkdir(exist_ok=True, mode=0o700)


def fingerprint(path: Path) -> str:
    return hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]


def _refuse_anothers(var: Path) -> None:
    if var.exists() and os.geteuid() not in (0, var.stat().st_uid):
        owner = var.owner()
        raise Trouble(f"{var} belongs to {owner}: run this as {owner}, or give it to yourself with `sudo chown -R`.")


def _database_home(var: Path, account: Account | None) -> Path:
    home = var / "postgres"
    if account is None:
        home.mkdir(exist_ok=True, mode=0o700)
        return home
    if home.is_symlink():
        target = home.readlink()
    elif account.reaches(var):
        target = home
    else:
        target = ELSEWHERE / f"hotline-{fingerprint(var)}"
        home.symlink_to(target)
    target.mkdir(exist_ok=True, mode=0o700)
    account.owns(target)
    return target


def _short(wished: Path, kind: str, account: Account | None) -> Path:
    """The directory wished for, or one under /tmp when its path is too long for a socket."""
    directory = wished
    if len(os.fsencode(wished)) > LONGEST_SOCKET_DIRECTORY:
        directory = Path("/tmp") / f"hotline-{kind}-{os.geteuid()}-{fingerprint(wished)}"  # noqa: S108 checked below
    directory.mkdir(exist_ok=True, mode=0o700)
    owner = account.uid if account else os.geteuid()
    state = directory.lstat()
    if state.st_uid not in (owner, os.geteuid()) or not stat.S_ISDIR(state.st_mode):
        raise Trouble(f"{directory} belongs to somebody else: remove it, our sockets must lie there.")
    directory.chmod(0o700)
    if account:
        account.owns(directory)
    return directory
