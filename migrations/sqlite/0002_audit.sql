-- One trail for changes, attempts and readings, in the order in which they were committed.
CREATE TABLE audit_record (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    service TEXT NOT NULL,
    key_id TEXT,
    user_id TEXT,
    user_proof TEXT,
    location_id TEXT,
    operation TEXT NOT NULL,
    request_id TEXT,
    trace_id TEXT,
    table_name TEXT,
    row_id TEXT,
    version_before INTEGER,
    version_after INTEGER,
    diff TEXT,
    detail TEXT,
    spec TEXT NOT NULL,
    build TEXT NOT NULL,
    CONSTRAINT uq_audit_record_id UNIQUE (id),
    CONSTRAINT ck_audit_record_kind CHECK (kind IN ('change', 'denied', 'conflict', 'failed', 'access')),
    CONSTRAINT ck_audit_record_change CHECK ((kind = 'change') = (diff IS NOT NULL AND row_id IS NOT NULL))
)
/
-- the rows before and after become the difference at the root
INSERT INTO audit_record (id, kind, recorded_at, service, key_id, user_id, user_proof, location_id, operation, request_id,
    table_name, row_id, version_before, version_after, diff, spec, build)
SELECT id, 'change', recorded_at, service, key_id, user_id, user_proof, location_id, operation, request_id,
    table_name, row_id, version_before, version_after, json_object('', json_array(json(before_json), json(after_json))), '', build
FROM audit_log ORDER BY id
/
DROP TABLE audit_log
/
CREATE INDEX ix_audit_record_row ON audit_record (table_name, row_id, seq)
/
CREATE TRIGGER tr_audit_record_update BEFORE UPDATE ON audit_record
BEGIN
    SELECT RAISE(ABORT, 'audit records are never changed');
END
/
CREATE TRIGGER tr_audit_record_delete BEFORE DELETE ON audit_record
BEGIN
    SELECT RAISE(ABORT, 'audit records are never removed');
END
/
-- Batches of records, each with the digest of the one before it and a signature
CREATE TABLE audit_seal (
    batch INTEGER NOT NULL,
    sealed_at TEXT NOT NULL,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    record_count INTEGER NOT NULL,
    first_id TEXT NOT NULL,
    last_id TEXT NOT NULL,
    previous TEXT NOT NULL,
    digest TEXT NOT NULL,
    records TEXT NOT NULL,
    public_key TEXT NOT NULL,
    signature TEXT NOT NULL,
    CONSTRAINT pk_audit_seal PRIMARY KEY (batch)
)
/
CREATE TRIGGER tr_audit_seal_update BEFORE UPDATE ON audit_seal
BEGIN
    SELECT RAISE(ABORT, 'seals are never changed');
END
/
CREATE TRIGGER tr_audit_seal_delete BEFORE DELETE ON audit_seal
BEGIN
    SELECT RAISE(ABORT, 'seals are never removed');
END
/
-- an answer that is repeated names the records of its change again
ALTER TABLE idempotency ADD audit_id TEXT
/
