"""Small recordings of every format, built by hand, and every way a file gets damaged."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

HEADER = "epoch,activity_count,hr_std_norm,clock_cosine,clock_model,hours,psg_stage\n"
WATCH = HEADER + "0,1.5,0.3,-0.2,0,0,0\n1,0,0.4,-0.2,0,0,4\n4,2.25,,-0.2,0,0,5\n"
AWD = (
    "ed\r\n23-Jan-2018\r\n13:58\r\n 4 \r\n00\r\nV664055\r\nX\r\n0\r\n71 M\r\n224 , 0.00 M\r\n5\r\n"
)
TICKS = 634763912400000000  # 27 June 2012, 10:54


def agd(path: Path, *rows: tuple[object, object], epoch: str = "10") -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE settings (settingName TEXT, settingValue TEXT)")
        database.execute("CREATE TABLE data (dataTimestamp INTEGER, axis1 REAL)")
        database.executemany(
            "INSERT INTO settings VALUES (?, ?)", [("epochlength", epoch), ("limb", "Ankle")]
        )
        database.executemany("INSERT INTO data VALUES (?, ?)", rows)


def edf_bytes(tals: bytes, records: str = "1", start: str = "24.04.8916.13.00") -> bytes:
    """An EDF+ file of annotations alone, built field by field as the format lays them down."""
    body = b"+0\x14\x14\x00" + tals
    body += b"\0" * (len(body) % 2)
    fixed = (
        f"{'0':<8}{'X X X X':<80}{'Startdate 24-APR-1989 X X X':<80}{start}{512:<8}{'EDF+C':<44}"
    )
    fixed += f"{records:<8}{0:<8}{1:<4}"
    signal = f"{'EDF Annotations':<16}{'':<80}{'':<8}{-1:<8}{1:<8}{-32768:<8}{32767:<8}{'':<80}"
    signal += f"{len(body) // 2:<8}{'':<32}"
    return (fixed + signal).encode() + body


TALS = (
    b"+0\x1560\x14Sleep stage W\x14\x00+60\x1530\x14Sleep stage 4\x14\x00"
    b"+90\x1530\x14Movement time\x14\x00+120\x1530\x14Sleep stage R\x14\x00"
    b"+150\x1530\x14Sleep stage N2\x14\x00+180\x1530\x14Sleep stage ?\x14\x00"
)


def whole_files(tmp_path: Path) -> list[bytes]:
    agd(tmp_path / "a.agd", *((TICKS + i * 10**8, float(i % 50)) for i in range(200)))
    database = (tmp_path / "a.agd").read_bytes()
    (tmp_path / "a.agd").unlink()
    rows = "".join(f"{i},{i % 7}.5,0.4,0,0,0,{i % 6}\n" for i in range(60))
    return [(HEADER + rows).encode(), (AWD + "12\r\n" * 60).encode(), database, edf_bytes(TALS)]


def damaged(whole: list[bytes], seed: int) -> Iterator[bytes]:
    """Truncations, flipped bits, spliced kinds, repeated pieces, noise: all from one seed."""
    chance = Random(seed)
    for content in whole:
        size = len(content)
        yield content[: chance.randrange(size)]
        flipped = bytearray(content)
        for _ in range(chance.randint(1, 12)):
            # Half of them in the header, where a lie does the most harm.
            at = chance.randrange(min(size, 700) if chance.random() < 0.5 else size)
            flipped[at] ^= 1 << chance.randrange(8)
        yield bytes(flipped)
        at = chance.randrange(size)
        yield content[:at] + chance.choice(whole)[chance.randrange(60) :]
        yield content[:at] + content[at // 2 :]
        yield content[: min(at, 300)] + chance.randbytes(chance.randrange(1, 900))
        at = chance.randrange(min(size, 700))
        number = chance.choice([b"-1", b"99999999", b"nan", b"1e9", b"\xff\xff", b"", b"0" * 40])
        yield content[:at] + number + content[at + len(number) :]
