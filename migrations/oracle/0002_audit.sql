-- The same for Oracle. Records may be inserted by the server and read by auditors; nobody may update or delete.
CREATE TABLE audit_record (
    seq NUMBER(18) GENERATED ALWAYS AS IDENTITY ORDER,
    id VARCHAR2(36 CHAR) NOT NULL,
    kind VARCHAR2(10 CHAR) NOT NULL,
    recorded_at TIMESTAMP(6) NOT NULL,
    service VARCHAR2(100 CHAR) NOT NULL,
    key_id VARCHAR2(200 CHAR),
    user_id VARCHAR2(64 CHAR),
    user_proof VARCHAR2(20 CHAR),
    location_id VARCHAR2(10 CHAR),
    operation VARCHAR2(100 CHAR) NOT NULL,
    request_id VARCHAR2(64 CHAR),
    trace_id VARCHAR2(32 CHAR),
    table_name VARCHAR2(30 CHAR),
    row_id VARCHAR2(200 CHAR),
    version_before NUMBER(18),
    version_after NUMBER(18),
    diff CLOB,
    detail CLOB,
    spec VARCHAR2(16 CHAR),
    build VARCHAR2(40 CHAR) NOT NULL,
    CONSTRAINT pk_audit_record PRIMARY KEY (seq),
    CONSTRAINT uq_audit_record_id UNIQUE (id),
    CONSTRAINT ck_audit_record_kind CHECK (kind IN ('change', 'denied', 'conflict', 'failed', 'access'))
)
/
-- the rows before and after become the difference at the root; an empty name would be no member for Oracle
INSERT INTO audit_record (id, kind, recorded_at, service, key_id, user_id, user_proof, location_id, operation, request_id,
    table_name, row_id, version_before, version_after, diff, spec, build)
SELECT id, 'change', recorded_at, service, key_id, user_id, user_proof, location_id, operation, request_id,
    table_name, row_id, version_before, version_after,
    '{"":[' || NVL(before_json, TO_CLOB('null')) || ',' || NVL(after_json, TO_CLOB('null')) || ']}', NULL, build
FROM audit_log ORDER BY id
/
DROP TABLE audit_log
/
CREATE INDEX ix_audit_record_row ON audit_record (table_name, row_id, seq)
/
CREATE TABLE audit_seal (
    batch NUMBER(18) NOT NULL,
    sealed_at TIMESTAMP(6) NOT NULL,
    first_seq NUMBER(18) NOT NULL,
    last_seq NUMBER(18) NOT NULL,
    record_count NUMBER(9) NOT NULL,
    first_id VARCHAR2(36 CHAR) NOT NULL,
    last_id VARCHAR2(36 CHAR) NOT NULL,
    previous VARCHAR2(64 CHAR) NOT NULL,
    digest VARCHAR2(64 CHAR) NOT NULL,
    records CLOB NOT NULL,
    public_key VARCHAR2(64 CHAR) NOT NULL,
    signature VARCHAR2(100 CHAR) NOT NULL,
    CONSTRAINT pk_audit_seal PRIMARY KEY (batch)
)
/
-- an answer that is repeated names the records of its change again
ALTER TABLE idempotency ADD audit_id VARCHAR2(400 CHAR)
/
