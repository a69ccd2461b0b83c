"""What a page holds, as a stage is sent it."""

import base64
import json
import re
import zlib

OWN = {"revision", "first_key", "back"}  # of a snapshot: what is one explorer's


def held_by(path):
    """What a saved page holds: a record, and texts."""
    return json.loads(re.search(r'id="record">(.*?)</script>', path.read_text("utf-8"), re.DOTALL)[1])


def decoded_states(record):
    """Its states, as a stage is sent them."""
    text, data = (zlib.decompress(base64.b64decode(part)) for part in record["packed"])

    def with_bytes(value):
        if isinstance(value, dict) and value.keys() == {"at", "size"}:
            return data[value["at"] : value["at"] + value["size"]]
        if isinstance(value, dict):
            return {name: with_bytes(one) for name, one in value.items()}
        return [with_bytes(one) for one in value] if isinstance(value, list) else value

    return [with_bytes(json.loads(state)) for state in text.decode().split("\n")]


def tagged(value):
    return {"bytes": base64.b64encode(value).decode()}


def untagged(value):
    return base64.b64decode(value["bytes"]) if value.keys() == {"bytes"} else value


def as_sent(value):
    """A live snapshot as a record has it: lists for tuples."""
    return json.loads(json.dumps(value, default=tagged), object_hook=untagged)
