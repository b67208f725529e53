"""A token of its own for each request: the server takes each `jti` once."""

import os
import time
import uuid

import jwt
import schemathesis

SERVICE = "schemathesis"
KEY = os.environ["SCHEMATHESIS_KEY"]


@schemathesis.auth(refresh_interval=None)
class ServiceToken:
    def get(self, case, context):
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

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(context, case, kwargs):
    """In a story, a key that comes twice gets the stored answer of a row that the story may have deleted since."""
    key = "Idempotency-Key"
    if case.meta and case.meta.phase.name.value == "stateful" and case.headers and case.headers.get(key):
        case.headers[key] = str(uuid.uuid4())
