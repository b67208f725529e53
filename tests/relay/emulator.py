"""DynamoDB in a process that may be killed: moto, with a journal.

moto keeps everything in memory. Here each request that changes something is in the journal before it is carried out, and is carried out again
at the next start, before anybody is listened to. moto's own recorder writes down nothing while it replays, so it would lose what comes then.
"""

import base64
import io
import json
import os
import sys

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, run_simple
from werkzeug.test import EnvironBuilder, run_wsgi_app

CHANGES = {"CreateTable", "PutItem", "UpdateItem", "DeleteItem"}
HEADERS = ["Authorization", "Content-Type", "X-Amz-Date", "X-Amz-Target"]
DENIED = {
    "__type": "com.amazon.coral.service#AccessDeniedException",
    "Message": "User: arn:aws:iam::123456789012:user/relay is not authorized to perform: dynamodb:PutItem on resource: the table",
}


class Journal:
    def __init__(self, app, folder):
        self.app = app
        self.denied = os.path.join(folder, "denied")
        name = os.path.join(folder, "journal")
        if os.path.exists(name):
            with open(name, "rb") as file:
                whole = file.read()
            # whoever is killed while writing leaves half a line, of a request that was not answered
            whole = whole[: whole.rfind(b"\n") + 1]
            with open(name, "wb") as file:
                file.write(whole)
            for line in whole.splitlines():
                self.repeat(json.loads(line))
        self.file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def repeat(self, entry):
        builder = EnvironBuilder("/", method="POST", headers=entry["headers"], data=base64.b64decode(entry["body"]))
        run_wsgi_app(self.app, builder.get_environ(), buffered=True)

    def __call__(self, environ, start_response):
        operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
        if operation == "PutItem" and os.path.exists(self.denied):
            start_response("400 Bad Request", [("Content-Type", "application/x-amz-json-1.0")])
            return [json.dumps(DENIED).encode()]
        if operation in CHANGES:
            body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            environ["wsgi.input"] = io.BytesIO(body)
            headers = {name: environ.get(variable(name), "") for name in HEADERS}
            entry = {"headers": headers, "body": base64.b64encode(body).decode()}
            # one call, so that lines of two threads do not mix
            os.write(self.file, json.dumps(entry).encode() + b"\n")
        return self.app(environ, start_response)


def variable(name):
    return "CONTENT_TYPE" if name == "Content-Type" else "HTTP_" + name.upper().replace("-", "_")


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, *_):
        pass


app = Journal(DomainDispatcherApplication(create_backend_app), sys.argv[2])
run_simple("127.0.0.1", int(sys.argv[1]), app, threaded=True, request_handler=Quiet)
