-- `REPLACE` removes the row that is in its way without running its trigger for DELETE. Oracle has no such statement, and no such migration.
CREATE TRIGGER tr_audit_record_replace BEFORE INSERT ON audit_record
WHEN EXISTS (SELECT 1 FROM audit_record WHERE seq = NEW.seq) OR EXISTS (SELECT 1 FROM audit_record WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'audit records are never changed');
END
/
CREATE TRIGGER tr_audit_seal_replace BEFORE INSERT ON audit_seal
WHEN EXISTS (SELECT 1 FROM audit_seal WHERE batch = NEW.batch)
BEGIN
    SELECT RAISE(ABORT, 'seals are never changed');
END
/
