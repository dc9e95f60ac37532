"""Databases that no run writes: name → what puts one in the place of a run's metrics."""

from __future__ import annotations

import os
import sqlite3
import struct
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

Spoil = Callable[[Path], object]

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, i, i, i, i, i FROM n"
JOURNAL_MARK = bytes.fromhex("d9d505f920a163d7")


def sql(*statements: str) -> Spoil:
    """Run some SQL on the honest database."""

    def spoil(path: Path) -> None:
        with closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA synchronous = OFF")
            for statement in statements:
                database.execute(statement)
            database.commit()

    return spoil


def schema(kind: str, name: str, text: str) -> Spoil:
    """Put a line into the schema itself."""

    def spoil(path: Path) -> None:
        with closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA writable_schema = ON")
            database.execute("INSERT INTO sqlite_master VALUES (?, ?, ?, 0, ?)", (kind, name, name, text))
            database.commit()

    return spoil


def bytes_at(place: int, data: bytes) -> Spoil:
    def spoil(path: Path) -> None:
        with path.open("r+b") as file:
            file.seek(place)
            file.write(data)

    return spoil


def beside(suffix: str, data: bytes) -> Spoil:
    return lambda path: path.with_name(path.name + suffix).write_bytes(data)


def hot_journal(victim: Path) -> Spoil:
    """A journal to be played back that ends with the name of another file, which SQLite would then remove."""
    name = os.fsencode(victim)
    head = JOURNAL_MARK + struct.pack(">5I", 0, 0, 2, 512, 4096)
    checksum = sum(byte - 256 if byte > 127 else byte for byte in name) & 0xFFFFFFFF
    tail = struct.pack(">I", (1 << 30) // 4096 + 1) + name + struct.pack(">2I", len(name), checksum) + JOURNAL_MARK

    def spoil(path: Path) -> None:
        sql("PRAGMA journal_mode = DELETE")(path)
        beside("-journal", head.ljust(512, b"\0") + tail)(path)

    return spoil


def databases(victim: Path) -> dict[str, Spoil]:
    """All of them; `victim`: a file that must stay."""
    return {
        "a trigger": sql("CREATE TRIGGER t AFTER INSERT ON steps BEGIN DELETE FROM events; END"),
        "a trigger without an end": sql(f"CREATE TRIGGER t AFTER INSERT ON steps BEGIN {ENDLESS}; END"),
        "a view without an end": sql("DROP TABLE steps", f"CREATE VIEW steps AS {ENDLESS}"),
        "blocks without an end": sql(
            "DROP TABLE loss_blocks", f"CREATE VIEW loss_blocks(block, losses, c, d, e, f) AS {ENDLESS}"
        ),
        "a generated column": sql(
            "DROP TABLE steps", "CREATE TABLE steps (step INTEGER PRIMARY KEY, loss AS (hex(zeroblob(900000000))))"
        ),
        "a virtual table": schema("table", "v", "CREATE VIRTUAL TABLE v USING fts5(a)"),
        "an extension": sql("CREATE VIEW v AS SELECT load_extension('/tmp/it.so')"),
        "an index by a function": sql("CREATE INDEX i ON steps (abs(loss) + length(hex(zeroblob(100000))))"),
        "200 tables": sql(*(f"CREATE TABLE t{number} (a)" for number in range(200))),
        "a schema of nonsense": schema("table", "n", "CREATE TABLE n (" + "(" * 10_000),
        "a huge text": sql("INSERT INTO events (step, kind, text, time) VALUES (1, 'a', zeroblob(20000000), 1.0)"),
        "blocks that lie": sql("INSERT INTO loss_blocks VALUES (0, zeroblob(17)), (1, 'text'), (-5, zeroblob(8192))"),
        "a block at 2^62": sql(f"INSERT INTO loss_blocks VALUES ({2**62}, zeroblob(8192))"),
        "blocks of 900 kB": sql("INSERT INTO loss_blocks VALUES (0, zeroblob(900000))"),
        "a step at 2^62": sql(f"INSERT INTO steps VALUES ({2**62}, 1, 1, 1, 1, 1)"),
        "steps below 0": sql(f"INSERT INTO steps VALUES (-1, 1, 1, 1, 1, 1), ({-(2**62)}, 1, 1, 1, 1, 1)"),
        "losses that are words": sql("UPDATE steps SET loss = 'high'"),
        "losses that are endless": sql("UPDATE steps SET loss = 9e999"),
        "events that are none": sql("INSERT INTO events VALUES (7, 'x', 5, x'00', 'y')"),
        "timesteps of nonsense": sql(
            "INSERT INTO timesteps VALUES (2, -5, 'a', 7), (3, 4611686018427387904, 9e999, -1)"
        ),
        "numbers of nonsense": sql(
            "INSERT INTO scalars VALUES ('x', 'loss_scale', 1.0), (2, 7, x'00'), (3, 'loss_scale', 'high'), "
            f"({2**62}, 'loss_scale', 1.0), (0.5, 'loss_scale', 9e999)"
        ),
        "numbers without an end": sql(
            "DROP TABLE scalars", f"CREATE VIEW scalars(step, name, value, d, e, f) AS {ENDLESS}"
        ),
        "other columns": sql("DROP TABLE steps", "CREATE TABLE steps (step TEXT)"),
        "a newer version": sql("PRAGMA user_version = 99"),
        "no database": lambda path: path.write_bytes(b"hello " * 1000),
        "nothing": lambda path: path.write_bytes(b""),
        "pages of 3 bytes": bytes_at(16, b"\0\3"),
        "pages that are not there": bytes_at(28, b"\x7f\xff\xff\xff"),
        "a free list in itself": bytes_at(32, struct.pack(">2I", 1, 2**31)),
        "a root elsewhere": bytes_at(100 + 8, b"\xff" * 20),
        "5 GiB that are not there": lambda path: os.truncate(path, 5 << 30),
        "a log of nonsense": beside("-wal", b"\x37\x7f\x06\x82" + b"\xff" * 100_000),
        "a log of 5 GiB": lambda path: (beside("-wal", b"\x37\x7f\x06\x82")(path), os.truncate(f"{path}-wal", 5 << 30)),
        "a shared index of nonsense": beside("-shm", b"\xff" * 32768),
        "a journal of nonsense": beside("-journal", JOURNAL_MARK + b"\xff" * 5000),
        "a journal that names a file": hot_journal(victim),
    }
