#!/bin/sh
# gdsim @VERSION@, portable: unpacks itself once into the user's cache, then starts.
# Usage: FILE.run [arguments of gdsim] | FILE.run --unpack FOLDER
set -eu
stamp=@STAMP@ lines=@LINES@
# Where this file is: gdsim --portable keeps its settings there.
GDSIM_BESIDE=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) && export GDSIM_BESIDE

fail() { echo "gdsim: $1" >&2; exit 1; }
unpack() { tail -n +"$lines" "$0" | gzip -dc | tar -xf - -C "$1"; }

if [ "${1:-}" = --unpack ]; then
    [ $# -eq 2 ] || fail "name the folder to unpack into: $0 --unpack FOLDER"
    mkdir -p "$2" && unpack "$2" || fail "$2 could not be filled. Free 200 MB or name another folder."
    exit 0
fi

check() { tail -n +"$lines" "$0" | gzip -t 2>/dev/null; }

keep() { # unpack aside, then rename: two at once, or one that was interrupted, do no harm
    mkdir -p "$1" 2>/dev/null || return 1
    aside=$(mktemp -d "$1/.unpacking-XXXXXX" 2>/dev/null) || return 1
    # A pipe has the status of tar alone, and gzip's checksum is at the end: check first.
    if check && unpack "$aside" 2>/dev/null; then
        mv -T "$aside/gdsim" "$1/$stamp" 2>/dev/null || true
    fi
    rm -rf "$aside"
    [ -x "$1/$stamp/gdsim" ]
}

for cache in "${XDG_CACHE_HOME:-${HOME:-/nowhere}/.cache}/gdsim" "${TMPDIR:-/tmp}/gdsim-$(id -u)"; do
    # Never start what another user could have put there.
    if [ -d "$cache" ] && [ ! -O "$cache" ]; then continue; fi
    if [ -x "$cache/$stamp/gdsim" ] || keep "$cache"; then
        exec "$cache/$stamp/gdsim" "$@"
    fi
done
check || fail "$0 is damaged or not whole. Copy it anew."
fail "there is no room to unpack. Free 200 MB in your home folder, or use: $0 --unpack FOLDER"
