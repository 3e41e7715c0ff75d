#!/usr/bin/env bash
# Writes a bill of materials (CycloneDX, JSON) for each program and for the client: bash build/sbom.sh [FOLDER]
# The tool comes from nuget.org, and so needs a network once.
set -euo pipefail
folder=$(realpath -m "${1:-sbom}")
cd "$(dirname "$0")/.."
tools=artifacts/sbom-tool
[ -x "$tools/dotnet-CycloneDX" ] || dotnet tool install CycloneDX --version 6.3.1 --tool-path "$tools"
for project in Trainer Exporter InferenceServer BatchScorer Client; do
  "$tools/dotnet-CycloneDX" "src/$project/$project.csproj" --output "$folder" --filename "$project.cdx.json" --output-format Json \
    --set-name "LeNetServe.$project"
done
ls "$folder"
