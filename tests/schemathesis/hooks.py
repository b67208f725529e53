"""What a caller does that the document tells in words: a token of its own for each request, because the server takes each `jti` once; a
key of its own for each change; the version that a row has."""

import os
import time
import uuid

import jwt
import requests
import schemathesis
from schemathesis import GenerationMode

BASE = os.environ["SCHEMATHESIS_BASE"]
SERVICE = "schemathesis"
KEY = os.environ["SCHEMATHESIS_KEY"]


def token():
    now = int(time.time())
    claims = {
        "iss": SERVICE,
        "aud": "lending-api",
        "sub": "1001",
        "act": {"sub": SERVICE},
        "iat": now,
        "exp": now + 60,
        "jti": str(uuid.uuid4()),
    }
    return jwt.encode(claims, KEY, algorithm="HS256", headers={"typ": "lending+jwt", "kid": f"{SERVICE}.1"})


@schemathesis.auth(refresh_interval=None)
class ServiceToken:
    def get(self, case, context):
        return token()

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"


def version(path):
    """The `ETag` that the row has, or `*` where there is none."""
    answer = requests.get(BASE + path, headers={"Authorization": f"Bearer {token()}"}, timeout=10)
    return answer.headers.get("ETag", "*")


@schemathesis.hook
def before_call(context, case, kwargs):
    if not (case.meta and case.headers):
        return
    # in a story, a key that comes twice gets the stored answer of a row that the story may have deleted since
    key = "Idempotency-Key"
    if case.meta.phase.name.value == "stateful" and case.headers.get(key):
        case.headers[key] = str(uuid.uuid4())
    # a made-up version belongs to no row; one that is meant to be wrong stays as it is
    tag = "If-Match"
    if case.meta.generation.mode == GenerationMode.POSITIVE and case.headers.get(tag):
        case.headers[tag] = version(case.formatted_path)
