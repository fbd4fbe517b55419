"""Zips of the archive worker, opened by the programs that people have: each must find every entry, and every byte.

`ZIPS` names a folder of zips, each with a list of the sizes and checksums of the files that went in, in order; `SEVEN_ZIP`
is what 7-Zip is called on this machine.
"""

import json
import os
import shutil
import subprocess
import zipfile
import zlib
from collections import Counter
from pathlib import Path

import pytest

FOLDER = Path(os.environ["ZIPS"])
SEVEN_ZIP = os.environ["SEVEN_ZIP"]
ZIPS = sorted(path.stem for path in FOLDER.glob("*.zip"))

# How each program unpacks into a folder.
UNPACKERS = {
    "info-zip": lambda zip, to: ["unzip", "-q", zip, "-d", to],
    "bsdtar": lambda zip, to: ["bsdtar", "-x", "-f", zip, "-C", to],
    "7-zip": lambda zip, to: [SEVEN_ZIP, "x", "-y", "-bd", f"-o{to}", zip],
    "python": lambda zip, to: ["python3", "-m", "zipfile", "-e", zip, to],
}

# What tests a zip without unpacking it.
TESTERS = {
    "info-zip": lambda zip: ["unzip", "-tq", zip],
    "7-zip": lambda zip: [SEVEN_ZIP, "t", "-bd", zip],
    "python": lambda zip: ["python3", "-m", "zipfile", "-t", zip],
}

# What is not written to the disk four times.
TOO_LONG_TO_UNPACK = {"many", "sparse"}


def run(command):
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr).decode(errors="replace")[-2_000:]


def expected(name):
    """How often which size and checksum went in."""
    files = json.loads((FOLDER / f"{name}.json").read_text())
    return Counter((file["size"], file["crc32"]) for file in files)


def checksum(stream):
    crc = size = 0
    while chunk := stream.read(1 << 20):
        crc = zlib.crc32(chunk, crc)
        size += len(chunk)
    return size, crc


def test_there_are_zips():
    assert ZIPS == ["export", "many", "missing", "mixed", "names", "sparse"]


@pytest.mark.parametrize("name", ZIPS)
@pytest.mark.parametrize("program", TESTERS)
def test_every_program_finds_the_zip_sound(program, name):
    run(TESTERS[program](FOLDER / f"{name}.zip"))


@pytest.mark.parametrize("name", [name for name in ZIPS if name not in TOO_LONG_TO_UNPACK])
@pytest.mark.parametrize("program", UNPACKERS)
def test_every_program_unpacks_what_went_in(program, name, tmp_path):
    to = tmp_path / "unpacked"
    to.mkdir()
    run(UNPACKERS[program](FOLDER / f"{name}.zip", to))
    unpacked = [path for path in to.rglob("*") if path.is_file()]
    with zipfile.ZipFile(FOLDER / f"{name}.zip") as archive:
        assert len(unpacked) == len(archive.namelist())
    found = Counter()
    for path in unpacked:
        with path.open("rb") as stream:
            found[checksum(stream)] += 1
    assert expected(name) <= found
    # What the worker added itself: the notes, and the list of what is missing.
    added = sum((found - expected(name)).values())
    assert added == {"export": 301, "missing": 1}.get(name, 0)
    shutil.rmtree(to)


@pytest.mark.parametrize("name", sorted(TOO_LONG_TO_UNPACK))
def test_what_is_long_is_read_whole(name):
    with zipfile.ZipFile(FOLDER / f"{name}.zip") as archive:
        found = Counter()
        for entry in archive.infolist():
            with archive.open(entry) as stream:
                found[checksum(stream)] += 1
    assert found == expected(name)


@pytest.mark.parametrize(("name", "last"), [("sparse", "behind.txt"), ("many", "69/69999.txt")])
def test_bsdtar_reads_what_is_behind_everything(name, last):
    command = ["bsdtar", "-x", "-O", "-f", FOLDER / f"{name}.zip", last]
    read = subprocess.run(command, capture_output=True, check=True).stdout
    assert read == {"sparse": b"behind\n", "many": b"69/69999.txt"}[name]
