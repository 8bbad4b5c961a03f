# SPDX-License-Identifier: Apache-2.0
"""The example session against the schema, and the schema against what is wrong."""

import copy
import json
import unittest

import jsonschema

FOLDER = "conformance/protocol/"


def load_schema(direction):
    with open(FOLDER + "schema.json", encoding="utf-8") as file:
        schema = json.load(file)
    del schema["anyOf"]
    schema["$ref"] = "#/definitions/" + direction
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def load_dialogue():
    with open(FOLDER + "dialogue.ndjson", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


class SchemaTest(unittest.TestCase):
    def setUp(self):
        self.validators = {
            "runner": load_schema("toTestee"),
            "testee": load_schema("toRunner"),
        }

    def test_the_dialogue_is_valid(self):
        dialogue = load_dialogue()
        self.assertGreater(len(dialogue), 50)
        for entry in dialogue:
            with self.subTest(entry=entry):
                self.validators[entry["from"]].validate(entry["message"])

    def test_every_member_that_is_required_is_missed(self):
        optional = {"await", "bind", "args", "kwargs", "target", "without"}
        for entry in load_dialogue():
            for member in entry["message"]:
                if member in optional or entry["message"]["type"] == "event":
                    continue
                damaged = copy.deepcopy(entry["message"])
                del damaged[member]
                with self.subTest(damaged=damaged):
                    self.assertFalse(self.validators[entry["from"]].is_valid(damaged))

    def test_values_are_checked(self):
        def done(value):
            return {"type": "done", "id": 1, "value": value}

        validator = self.validators["testee"]
        for good in (None, 1, [[]], {"tuple": [1]}, {"bytes": "\xff"}):
            self.assertTrue(validator.is_valid(done(good)), good)
        for bad in ({}, {"bytes": "\u20ac"}, {"tuple": 1}, {"dict": [[1]]}):
            self.assertFalse(validator.is_valid(done(bad)), bad)

    def test_unknown_types_are_refused(self):
        for validator in self.validators.values():
            self.assertFalse(validator.is_valid({"type": "hallo"}))


if __name__ == "__main__":
    unittest.main()
