#!/usr/bin/env bash
# Builds the server, the exporter and the scorer for CUDA into a folder of its own: bash build/cuda.sh [FOLDER]
# The packages with CUDA's libraries are a download of 250 MB. No GPU is needed to build, and none was used to test.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(realpath -m "${1:-artifacts-cuda}")
for project in InferenceServer Exporter BatchScorer; do
  dotnet build "src/$project" -c Release -p:Accelerator=cuda -p:ArtifactsPath="$folder" -v quiet -nodeReuse:false
  echo "$project: $(du -shL "$folder/bin/$project/release" | cut -f1) in $folder/bin/$project/release"
done
