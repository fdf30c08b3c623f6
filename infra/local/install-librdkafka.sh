#!/usr/bin/env bash
# Puts Debian's librdkafka below DEST, without root. Does nothing when the system or DEST has it.
# usage: install-librdkafka.sh DEST
set -euo pipefail
dest=$1

has() { ldconfig -p 2>/dev/null | grep -q "$1"; }
if has librdkafka.so.1 || [ -e "$dest/librdkafka.so.1" ]; then
  exit 0
fi

command -v apt-get >/dev/null || { echo "librdkafka is missing: install it with your package manager (version 2.0.2 or newer)" >&2; exit 1; }
mkdir -p "$dest"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Package lists of our own: a fresh machine may have none, and the system's need root to refresh.
mkdir -p "$work/lists/partial" "$work/archives/partial"
apt=(-o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work" -o "Dir::Cache::archives=$work/archives" -o APT::Sandbox::User= -qq)
apt-get "${apt[@]}" update
(cd "$work" && apt-get "${apt[@]}" download librdkafka1)

# Of its dependencies only SASL is not on every system.
if ! has libsasl2.so.2; then
  (cd "$work" && apt-get "${apt[@]}" download libsasl2-2 libsasl2-modules-db)
fi

for package in "$work"/*.deb; do
  dpkg -x "$package" "$work/root"
done
cp -a "$work"/root/usr/lib/*/*.so* "$dest/"
