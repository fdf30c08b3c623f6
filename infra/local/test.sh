#!/usr/bin/env bash
# Runs the tests of the solution and ends with one line that counts them. Exit code 1 when any failed.
# usage: test.sh [FILTER]   (a `dotnet test` filter; default: everything)
set -uo pipefail
cd "$(dirname "$0")/../.."

results=artifacts/test-results
rm -rf "$results"
mkdir -p "$results"

dotnet build Pipeline.sln --nologo -v quiet -clp:NoSummary || { echo "0 passed, 1 failed, 0 skipped"; exit 1; }

# The projects run one after the other: several of them start servers, and on two cores parallel runs only distort each other's deadlines.
status=0
for project in tests/*.Tests/*.csproj; do
  name=$(basename "$project" .csproj)
  dotnet test "$project" --no-build --nologo -v quiet \
    --logger "trx;LogFileName=$name.trx" --results-directory "$results" \
    --blame-hang-timeout 20m --blame-hang-dump-type none \
    ${1:+--filter "$1"} || status=1
done

count() { grep -ho "<Counters [^>]*" "$results"/*.trx 2>/dev/null | grep -o " $1=\"[0-9]*\"" | tr -dc '0-9\n' | awk '{ sum += $1 } END { print sum + 0 }'; }
total=$(count total) passed=$(count passed) failed=$(count failed)
if [ "$total" -eq 0 ]; then
  echo "no test ran" >&2
  status=1
fi

# A run that aborts writes no counters for its remaining tests: count it as a failure rather than as nothing.
if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then
  failed=1
fi

skipped=$((total - passed - $(count failed)))
echo "$passed passed, $failed failed, $skipped skipped"
exit "$status"
