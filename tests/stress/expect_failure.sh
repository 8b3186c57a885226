#!/bin/sh
# A negative control: `expect_failure.sh PATTERN PROGRAM ARGUMENTS...` passes when the program fails and says PATTERN.
pattern=$1
shift
if "$@" > "$TEST_TMPDIR/output" 2>&1; then
  cat "$TEST_TMPDIR/output"
  echo "FAIL: a broken primitive passed: $*"
  exit 1
fi
cat "$TEST_TMPDIR/output"
if ! grep -q "$pattern" "$TEST_TMPDIR/output"; then
  echo "FAIL: it failed, but does not say '$pattern': $*"
  exit 1
fi
