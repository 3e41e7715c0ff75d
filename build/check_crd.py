#!/usr/bin/env python3
"""Compares manifests with a custom resource definition: check_crd.py DEFINITION.yaml MANIFEST.yaml…

Needs Debian's python3-yaml and python3-jsonschema. Exit codes: 0 good, 1 faults, 2 wrong command line.
"""
import sys

import jsonschema
import yaml


def strict(node):
    """Rejects unknown fields, as kubectl --validate=strict does."""
    if isinstance(node, list):
        for each in node:
            strict(each)
    if not isinstance(node, dict):
        return
    if node.get("x-kubernetes-int-or-string"):
        for key in ("anyOf", "pattern", "type"):
            node.pop(key, None)
    if "properties" in node and not node.get("x-kubernetes-preserve-unknown-fields"):
        node.setdefault("additionalProperties", False)
    for each in node.values():
        strict(each)


def schemas(path):
    """Gets the schema of each version of each kind in a file of definitions."""
    found = {}
    with open(path, encoding="utf-8") as file:
        for definition in yaml.safe_load_all(file):
            for version in definition["spec"]["versions"]:
                schema = version["schema"]["openAPIV3Schema"]
                strict(schema)
                schema["properties"]["metadata"] = {"type": "object"}
                api = f"{definition['spec']['group']}/{version['name']}"
                found[api, definition["spec"]["names"]["kind"]] = schema
    return found


def main(arguments):
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    known = schemas(arguments[0])
    faults = 0
    for path in arguments[1:]:
        with open(path, encoding="utf-8") as file:
            for manifest in yaml.safe_load_all(file):
                kind = manifest["apiVersion"], manifest["kind"]
                if kind not in known:
                    print(f"{path}: {kind[0]} {kind[1]}, expected one of {sorted(known)}")
                    faults += 1
                    continue
                for error in jsonschema.Draft7Validator(known[kind]).iter_errors(manifest):
                    print(f"{path}: {'.'.join(map(str, error.absolute_path))}: {error.message}")
                    faults += 1
    print(f"{len(arguments) - 1} files, {faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
