"""A machine that lacks a piece gets one sentence that says what and how to mend it."""

import os
import shutil
import subprocess

import pytest

from hotline.embedded.places import CHECKOUT

PRETENDS = """#!/bin/sh
case "$2" in
    *ensurepip*) exit {has_venv} ;;
    *version_info\\ \\<*) exit {too_old} ;;
    *) echo 3.11 ;;
esac
"""


@pytest.fixture
def install(tmp_path):
    """Runs the installer in an empty checkout with the interpreter described."""
    (tmp_path / "hotline/embedded").mkdir(parents=True)
    shutil.copy(CHECKOUT / "hotline/embedded/install.sh", tmp_path / "hotline/embedded")
    (tmp_path / "requirements.txt").write_text("")

    def run(python="", *, too_old=0, has_venv=0):
        if not python:
            python = str(tmp_path / "python3")
            (tmp_path / "python3").write_text(PRETENDS.format(too_old=too_old, has_venv=has_venv))
            (tmp_path / "python3").chmod(0o755)
        return subprocess.run(
            ["sh", str(tmp_path / "hotline/embedded/install.sh"), "requirements.txt"],
            env=os.environ | {"PYTHON": python},
            capture_output=True,
            text=True,
        )

    return run


def test_an_interpreter_that_is_not_there_is_named(install):
    done = install("/nowhere/python3.11")
    assert done.returncode != 0
    assert done.stderr.count("\n") == 1
    assert "/nowhere/python3.11" in done.stderr


def test_a_python_that_is_too_old_is_refused(install):
    done = install(too_old=1)
    assert done.returncode != 0
    assert "3.11 or newer" in done.stderr


def test_a_python_without_venv_names_the_package_to_install(install):
    done = install(has_venv=1)
    assert done.returncode != 0
    assert done.stderr.count("\n") == 1
    assert "apt-get install python3.11-venv" in done.stderr


def test_a_second_run_installs_nothing(install, tmp_path):
    python = tmp_path / ".venv/bin/python"
    assert install("python3").returncode == 0
    made = python.stat(follow_symlinks=False).st_mtime_ns
    again = install("python3")
    assert (again.returncode, again.stdout) == (0, "")
    assert python.stat(follow_symlinks=False).st_mtime_ns == made


def test_a_virtual_environment_that_was_left_half_made_is_made_again(install, tmp_path):
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").symlink_to("/nowhere/python3")
    assert install("python3").returncode == 0
    assert (tmp_path / ".venv/bin/python").exists()
