#!/usr/bin/env bash
# Fuzzes a target with coverage: bash tests/Fuzz/afl.sh TARGET SECONDS. Needs afl-fuzz (Debian's afl++).
set -euo pipefail
cd "$(dirname "$0")/../.."
target=$1 seconds=$2
command -v afl-fuzz >/dev/null || { echo "afl-fuzz is missing, expected Debian's package afl++" >&2; exit 2; }

tools=artifacts/tools program=artifacts/fuzz/program
[ -x "$tools/sharpfuzz" ] || dotnet tool install SharpFuzz.CommandLine --version 2.3.0 --tool-path "$tools"
if [ ! -f "$program/instrumented" ]; then
  rm -rf "$program"
  # Copies, not hard links: sharpfuzz rewrites a file in place, and would change the build's own files and the packages of the machine.
  dotnet build -c Release tests/Fuzz -o "$program" \
    -p:CreateHardLinksForCopyFilesToOutputDirectoryIfPossible=false -p:CreateHardLinksForCopyLocalIfPossible=false
  for assembly in LeNetServe.{LeNet,Runtime,Exporter,BatchScorer,InferenceServer,Protocol} BitMiracle.LibTiff.NET Google.Protobuf; do
    "$tools/sharpfuzz" "$program/$assembly.dll"
  done
  touch "$program/instrumented"
fi

export AFL_SKIP_BIN_CHECK=1 AFL_NO_UI=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_QUIET=1
afl-fuzz -V "$seconds" -t 10000 -m none -i "tests/Fuzz/corpus/$target" -o "artifacts/fuzz/$target" \
  dotnet "$program/LeNetServe.Fuzz.dll" afl "$target" >"artifacts/fuzz/$target.log"
grep -E '^(execs_done|edges_found|corpus_found|saved_crashes|saved_hangs) ' "artifacts/fuzz/$target/default/fuzzer_stats"
