#!/bin/sh
# Looks for a bug in a whole kernel (boards/host): types commands at its shell on simulated machines, seed after seed, until one
# fails, and wants that to say REPORT (an extended regular expression). Without one all seeds must be well.
#
#   find_in_kernel.sh PROGRAM CORES SEEDS COMMANDS [REPORT]
#
# COUNT=1 in the environment: goes on to the last seed, and prints how many fail.
set -u
program=$1 cores=$2 seeds=$3 commands=$4 report=${5:-}
output=${TEST_TMPDIR:-/tmp}/output.$$
trap 'rm -f "$output" "$output.first"' EXIT
first=0 failed=0 seed=0
while [ "$seed" -lt "$seeds" ]; do
  seed=$((seed + 1))
  if (ulimit -t 20 && exec "$program" --smp="$cores" --seed="$seed" --exec="$commands") > "$output" 2>&1; then
    continue
  fi
  failed=$((failed + 1))
  if [ "$first" = 0 ]; then
    first=$seed
    mv "$output" "$output.first"
  fi
  [ -n "${COUNT:-}" ] || break
done
[ -z "${COUNT:-}" ] || echo "COUNT first=$first failed=$failed of=$seeds"
if [ -z "$report" ]; then
  [ "$first" = 0 ] && echo "$seeds seeds are well" && exit 0
  cat "$output.first"
  echo "FAIL: seed $first fails"
  exit 1
fi
if [ "$first" = 0 ]; then
  echo "FAIL: no seed finds the bug that was planted"
  exit 1
fi
if ! grep -aE "$report" "$output.first" > "$output"; then
  cat "$output.first"
  echo "FAIL: seed $first fails, but does not say '$report'"
  exit 1
fi
echo "found by seed $first: $(head -n 1 "$output")"
