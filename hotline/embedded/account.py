"""Who PostgreSQL runs as: it refuses root, so root hands it to another user of the machine."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from hotline.embedded.trouble import Trouble

CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int

    def reaches(self, path: Path) -> bool:
        """Whether this user can enter the directory, or run the file: a parent closed to others also counts."""
        question = ["/bin/sh", "-c", 'cd "$0" 2>/dev/null || test -x "$0"', str(path)]
        return subprocess.run(question, cwd="/", **self.becoming()).returncode == 0

    def becoming(self) -> dict:
        """Arguments for subprocess that run a program as this user and nothing more."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def owns(self, path: Path) -> None:
        os.chown(path, self.uid, self.gid)


def database_account() -> Account | None:
    """The user who runs PostgreSQL when we are root; None means that we run it ourselves."""
    if os.geteuid() != 0:
        return None
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise Trouble("PostgreSQL refuses to run as root and there is no user `nobody`: add one with `useradd nobody`.")


def becoming(account: Account | None) -> dict:
    return account.becoming() if account else {}
