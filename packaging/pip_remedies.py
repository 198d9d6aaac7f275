"""What to do where the locked packages cannot be installed. Standard library only."""

import sys

# What pip says → what to do about it. The first that fits counts.
REMEDIES = (
    (
        ("No space left", "Disk quota"),
        "The disk is full. Free about 1 GB (TMPDIR counts too), then run this again.",
    ),
    (
        ("DO NOT MATCH THE HASHES",),
        "A package that came is not the one that was locked. Run this again, if need be on another "
        "network; do not use what came.",
    ),
    (
        ("CERTIFICATE_VERIFY_FAILED",),
        "This network's certificate is not one that pip trusts. Set PIP_CERT to the file of the "
        "certificate (your network's administrator has it), then run this again.",
    ),
    (
        ("connection broken", "ConnectionError", "NameResolution", "timed out", "ProxyError",
         "SSLError", "Network is unreachable"),
        "The package index could not be reached. Run this again when there is a network; behind a "
        "proxy set HTTPS_PROXY first.",
    ),
    (
        ("No matching distribution",),
        f"The locked packages have no build for Python {sys.version_info[0]}."
        f"{sys.version_info[1]} on this system. Use Python 3.11 to 3.14, on Linux with glibc 2.34 "
        "or newer (Debian 12, Ubuntu 22.04, RHEL 9).",
    ),
)  # fmt: skip
