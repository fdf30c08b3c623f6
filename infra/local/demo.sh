#!/usr/bin/env bash
# Starts a pipeline, sends real SDK traffic, kills the consumer with SIGKILL in the middle, and proves that nothing is lost or doubled.
# usage: demo.sh PIPELINE_DLL
set -euo pipefail
cd "$(dirname "$0")/../.."
pipeline="dotnet $1"
data=artifacts/demo
rm -rf "$data"
mkdir -p "$data"

# Two free ports in a row are not needed: the pipeline takes others when these are in use.
port=${PORT:-$((20000 + RANDOM % 20000))}
$pipeline local --port "$port" --data "$data" >"$data/out" 2>&1 &
local_pid=$!
stop() { kill -TERM "$local_pid" 2>/dev/null && wait "$local_pid" 2>/dev/null || true; }
trap stop EXIT

for _ in $(seq 1 300); do
  grep -q '^ready in' "$data/out" && break
  kill -0 "$local_pid" 2>/dev/null || { cat "$data/out" >&2; exit 1; }
  sleep 0.2
done
grep '^ready in' "$data/out" || { cat "$data/out" >&2; exit 1; }
set -a
. "$data/env"
set +a

node artifacts/npm/clients/demo-traffic.mjs "$data/expected.json" &
traffic_pid=$!
sleep 4
consumer_pid=$(cat "$data/pids/consumer.pid")
kill -KILL "$consumer_pid"
echo "killed the consumer (pid $consumer_pid) with SIGKILL while traffic flows"
wait "$traffic_pid"
node artifacts/npm/clients/demo-check.mjs "$data/expected.json"

for trace in $(node -e 'const e = Object.keys(JSON.parse(require("fs").readFileSync(process.argv[1]))); console.log(e[0], e[1])' "$data/expected.json"); do
  $pipeline trace "$trace"
done

# The gateways' own counts reach the ledger within seconds.
for _ in $(seq 1 20); do
  $pipeline ledger --json >"$data/ledger.json" && grep -q '"in_flight": false' "$data/ledger.json" && break
  sleep 0.5
done
$pipeline ledger
new_pid=$(cat "$data/pids/consumer.pid")
[ "$new_pid" != "$consumer_pid" ] || { echo "the consumer was not restarted: the fault did not fire" >&2; exit 1; }
echo "demo: nothing lost, nothing doubled"
