# SPDX-License-Identifier: Apache-2.0
"""The file that --json writes and --from reads."""

import json

FORMAT = 1


def write(results, path):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(results, file, indent=1)
        file.write("\n")


def _is_record_of_cases(recorded):
    return isinstance(recorded, dict) and all(
        isinstance(record, dict) and isinstance(record.get("servers"), dict)
        for record in recorded.values()
    )


def read(path):
    """What was written; ValueError of whatever else there is."""
    with open(path, encoding="utf-8") as file:
        try:
            results = json.load(file)
        except ValueError as error:
            raise ValueError(f"{path} is not JSON: {error}") from error
    found = results.get("format") if isinstance(results, dict) else None
    if found is None:
        raise ValueError(f"{path} is not a file of --json")
    if found != FORMAT:
        raise ValueError(f"{path} has format {found!r}; format {FORMAT} is read here")
    if not (
        _is_record_of_cases(results.get("cases"))
        and _is_record_of_cases(results.get("cycles", {}))
        and isinstance(results.get("failed"), dict)
    ):
        raise ValueError(f"{path} has format {FORMAT}, and not what belongs to it")
    return results
