#!/usr/bin/env bash
# Fuzzes a target with coverage: bash tests/Fuzz/afl.sh TARGET SECONDS. Needs afl-fuzz (Debian's afl++).
set -euo pipefail
cd "$(dirname "$0")/../.."
target=$1 seconds=$2
command -v afl-fuzz >/dev/null || { echo "afl-fuzz is missing, expected Debian's package afl++" >&2; exit 2; }

tools=artifacts/tools program=artifacts/fuzz/program
[ -x "$tools/sharpfuzz" ] || dotnet tool install SharpFuzz.CommandLine --version 2.3.0 --tool-path "$tools"
if [ ! -f "$program/instrumented" ]; then
  dotnet build -c Release tests/Fuzz -o "$program"
  for assembly in LeNet Runtime Exporter BatchScorer InferenceServer Protocol; do
    "$tools/sharpfuzz" "$program/LeNetServe.$assembly.dll"
  done
  touch "$program/instrumented"
fi

export AFL_SKIP_BIN_CHECK=1 AFL_NO_UI=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1
exec afl-fuzz -V "$seconds" -t 20000 -m none -i "tests/Fuzz/corpus/$target" -o "artifacts/fuzz/$target" \
  dotnet "$program/LeNetServe.Fuzz.dll" afl "$target"
