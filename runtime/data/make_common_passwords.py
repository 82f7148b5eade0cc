#!/usr/bin/env python3
"""Writes common_passwords.bin from the lists of Django and zxcvbn; see README.md in this directory.

    pip download --no-deps django && cargo download zxcvbn   # or any other way to the two files
    python3 make_common_passwords.py common-passwords.txt.gz frequency_lists.rs
"""
import gzip
import hashlib
import re
import sys
import unicodedata


def folded(word):
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", word.strip()).lower())


def main(django, zxcvbn):
    words = gzip.open(django).read().decode().splitlines()
    rust = open(zxcvbn, encoding="utf-8").read()
    words += re.search(r'const PASSWORDS: &str = "([^"]*)"', rust).group(1).split(",")
    words = {folded(word) for word in words}
    # Shorter ones could only be parts of a password, and three letters are part of every other word.
    words = {word for word in words if len(word) >= 4}
    prefixes = sorted({hashlib.sha256(word.encode()).digest()[:4] for word in words})
    with open("common_passwords.bin", "wb") as out:
        out.write(b"".join(prefixes))
    print(f"{len(words)} words, {len(prefixes)} prefixes, {4 * len(prefixes)} bytes")


main(*sys.argv[1:])
