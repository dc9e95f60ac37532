"""Which kind of picture a file is, by its first bytes: also the kinds that this program names and does not read."""

from __future__ import annotations

import importlib
import importlib.util
import os
from functools import cache
from pathlib import Path

#: Bytes that `picture_kind` looks at.
MAGIC_BYTES = 132
#: Kinds that are decoded, HEIC where pillow-heif is installed, AVIF where Pillow was built with it.
READ_KINDS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "AVIF", "HEIC")
#: Of these, those that may hold more frames or pages than the first.
LONG_KINDS = ("PNG", "WEBP", "GIF", "TIFF", "AVIF")
#: Kind → its name in sentences; as they are known by their content, and not read.
UNREAD_KINDS: dict[str, str] = {
    "HEIC": "HEIC",
    "AVIF": "AVIF",
    "JXL": "JPEG XL",
    "JP2": "JPEG 2000",
    "JXR": "JPEG XR",
    "TGA": "Targa (TGA)",
    "PSD": "Photoshop (PSD)",
    "XCF": "GIMP (XCF)",
    "ICO": "icon (ICO)",
    "ICNS": "icon (ICNS)",
    "PCX": "PCX",
    "PNM": "Netpbm (PPM, PGM, PBM)",
    "EXR": "OpenEXR",
    "HDR": "Radiance (HDR)",
    "DDS": "DirectDraw (DDS)",
    "QOI": "QOI",
    "FITS": "FITS",
    "DICOM": "DICOM",
    "DJVU": "DjVu",
    "BPG": "BPG",
    "FLIF": "FLIF",
    "MNG": "MNG",
    "SGI": "SGI",
    "SUN": "Sun raster",
    "SVG": "SVG",
    "RAW": "camera raw",
}

_BMP_HEADER_SIZES = {12, 16, 40, 52, 56, 64, 108, 124}
#: What a file of one kind begins with.
_BEGINNINGS: tuple[tuple[str, bytes], ...] = (
    ("PNG", b"\x89PNG\r\n\x1a\n"),
    ("JPEG", b"\xff\xd8\xff"),
    ("GIF", b"GIF87a"),
    ("GIF", b"GIF89a"),
    ("JXL", b"\xff\x0a"),
    ("JXL", b"\0\0\0\x0cJXL \r\n\x87\n"),
    ("JP2", b"\0\0\0\x0cjP  \r\n\x87\n"),
    ("JP2", b"\xff\x4f\xff\x51"),
    ("JXR", b"II\xbc\x01"),
    ("PSD", b"8BPS\0\x01"),
    ("PSD", b"8BPS\0\x02"),
    ("XCF", b"gimp xcf "),
    ("ICNS", b"icns"),
    ("EXR", b"\x76\x2f\x31\x01"),
    ("HDR", b"#?RADIANCE"),
    ("HDR", b"#?RGBE"),
    ("DDS", b"DDS \x7c\0\0\0"),
    ("QOI", b"qoif"),
    ("FITS", b"SIMPLE  ="),
    ("DJVU", b"AT&TFORM"),
    ("BPG", b"BPG\xfb"),
    ("FLIF", b"FLIF"),
    ("MNG", b"\x8aMNG\r\n\x1a\n"),
    ("MNG", b"\x8bJNG\r\n\x1a\n"),
    ("SUN", b"\x59\xa6\x6a\x95"),
    ("RAW", b"FUJIFILMCCD-RAW"),
    ("RAW", b"IIRO"),
    ("RAW", b"IIRS"),
    ("RAW", b"MMOR"),
    ("RAW", b"IIU\0"),
    ("RAW", b"FOVb"),
    ("RAW", b"\0MRM"),
)
#: The brands of the box that HEIC, AVIF and a camera's CR3 begin with, most telling first.
_BRANDS: tuple[tuple[str, frozenset[bytes]], ...] = (
    ("AVIF", frozenset({b"avif", b"avis"})),
    ("HEIC", frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs"})),
    ("RAW", frozenset({b"crx "})),
    ("HEIC", frozenset({b"mif1", b"msf1", b"mif2", b"miaf"})),  # some codec of that family: most often HEVC
)
_TGA_EXTENSIONS = {".tga", ".targa", ".icb", ".vda", ".vst"}
_TGA_END = b"TRUEVISION-XFILE.\0"


def picture_kind(head: bytes, name: str = "", tail: bytes = b"") -> str | None:
    """One of READ_KINDS or UNREAD_KINDS by a file's first MAGIC_BYTES bytes; None for what is no picture.

    name, tail: the file's name and its last 18 bytes, by which alone a Targa is known; it has no magic.
    """
    for kind, beginning in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "WEBP"
    if head.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return "RAW" if head[8:11] == b"CR\2" else "TIFF"
    # Two letters begin many a text; a bitmap's header names its own size as well.
    if head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in _BMP_HEADER_SIZES:
        return "BMP"
    if head[4:8] == b"ftyp":
        return _by_brand(head)
    return _by_a_closer_look(head, name, tail)


def kind_of_file(path: Path) -> str | None:
    """`picture_kind` of a regular file; None also for what cannot be opened, is a folder, a pipe or a device."""
    from ...reading import NotRegularError, open_regular

    try:
        with open_regular(path) as file:
            head = file.read(MAGIC_BYTES)
            file.seek(-min(len(_TGA_END), file.seek(0, os.SEEK_END)), os.SEEK_END)
            return picture_kind(head, path.name, file.read())
    except (OSError, NotRegularError):
        return None


def _by_brand(head: bytes) -> str | None:
    length = min(int.from_bytes(head[:4], "big"), len(head))
    brands = {head[8:12]} | {head[at : at + 4] for at in range(16, length - 3, 4)}
    for kind, known in _BRANDS:
        if brands & known:
            return kind
    return None


def _by_a_closer_look(head: bytes, name: str, tail: bytes) -> str | None:
    """Kinds whose beginning is so short that other things must fit as well."""
    if head[128:132] == b"DICM":
        return "DICOM"
    if head.startswith((b"\0\0\1\0", b"\0\0\2\0")) and _is_icon(head):
        return "ICO"
    if head[:1] == b"\x0a" and head[1:2] in (b"\0", b"\2", b"\3", b"\4", b"\5") and head[2:3] in (b"\0", b"\1"):
        return "PCX" if head[3:4] in (b"\1", b"\2", b"\4", b"\x08") else None
    if head.startswith(b"\x01\xda") and head[2:3] in (b"\0", b"\1") and head[3:4] in (b"\1", b"\2"):
        return "SGI"
    if head[:1] == b"P" and head[1:2] in b"1234567" and head[2:3] in (b"\n", b"\r", b" ", b"\t"):
        return "PNM" if head[3:4] == b"#" or head[3:4].isdigit() or head[1:2] == b"7" else None
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"<svg") or (start.startswith((b"<?xml", b"<!doctype svg")) and b"svg" in start):
        return "SVG"
    extension = os.path.splitext(name)[1].lower()  # noqa: PTH122 (a Path costs ten times it)
    if extension == ".svg" and start.startswith(b"<"):
        return "SVG"
    if tail.endswith(_TGA_END) or (extension in _TGA_EXTENSIONS and _may_be_targa(head)):
        return "TGA"
    return None


def _is_icon(head: bytes) -> bool:
    """Whether a directory of at least one picture, with its place behind the directory, follows."""
    count, length, place = (int.from_bytes(part, "little") for part in (head[4:6], head[14:18], head[18:22]))
    return count > 0 and length > 0 and place >= 6 + 16 * count


def _may_be_targa(head: bytes) -> bool:
    return len(head) > 18 and head[1] in {0, 1} and head[2] in {1, 2, 3, 9, 10, 11} and head[16] in {8, 15, 16, 24, 32}


@cache
def is_readable(kind: str) -> bool:
    """Whether there is a decoder here; the first time for AVIF or HEIC loads it."""
    if kind == "AVIF":
        try:
            avif = importlib.import_module("PIL.AvifImagePlugin")
        except ImportError:  # Pillow before 11.3
            return False
        # Several helpers are at work: each by itself takes one core, and no memory for threads.
        vars(avif)["DEFAULT_MAX_THREADS"] = 1
        return bool(avif.SUPPORTED)
    if kind == "HEIC":
        if importlib.util.find_spec("pillow_heif") is None:
            return False
        try:
            importlib.import_module("pillow_heif").register_heif_opener(thumbnails=False)
        except Exception:  # one that was built for another Pillow or Python
            return False
        return True
    return kind in READ_KINDS
