#!/bin/sh
# A negative control: `expect_failure.sh PATTERN PROGRAM ARGUMENTS...` passes when the program fails and says PATTERN.
pattern=$1
shift
# What is broken may also walk in circles.
status=0
timeout 40 "$@" > "$TEST_TMPDIR/output" 2>&1 || status=$?
if [ $status -eq 124 ]; then
  echo "the run does not end" >> "$TEST_TMPDIR/output"
fi
if [ $status -eq 0 ]; then
  cat "$TEST_TMPDIR/output"
  echo "FAIL: a broken primitive passed: $*"
  exit 1
fi
cat "$TEST_TMPDIR/output"
if ! grep -q "$pattern" "$TEST_TMPDIR/output"; then
  echo "FAIL: it failed, but does not say '$pattern': $*"
  exit 1
fi
