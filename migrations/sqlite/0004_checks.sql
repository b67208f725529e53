-- The same rules in another form: for each row that it tests against a list of more than two values, SQLite makes and drops a temporary
-- index. Oracle does not, and has no such migration.
ALTER TABLE payoff DROP CONSTRAINT ck_payoff_program
/
ALTER TABLE payoff ADD CONSTRAINT ck_payoff_program CHECK (program = '7a' OR program = '504' OR program = 'disaster' OR program = 'covid_eidl')
/
ALTER TABLE payoff DROP CONSTRAINT ck_payoff_status
/
ALTER TABLE payoff ADD CONSTRAINT ck_payoff_status CHECK (status = 'requested' OR status = 'quoted' OR status = 'scheduled' OR status = 'paid' OR status = 'expired' OR status = 'cancelled' OR status = 'rejected')
/
ALTER TABLE payoff DROP CONSTRAINT ck_payoff_reason
/
ALTER TABLE payoff ADD CONSTRAINT ck_payoff_reason CHECK (reason = 'refinance' OR reason = 'sale' OR reason = 'cash' OR reason = 'maturity' OR reason = 'other')
/
ALTER TABLE payoff DROP CONSTRAINT ck_payoff_payment_method
/
ALTER TABLE payoff ADD CONSTRAINT ck_payoff_payment_method CHECK (payment_method = 'wire' OR payment_method = 'ach' OR payment_method = 'pay_gov' OR payment_method = 'check')
/
ALTER TABLE payoff DROP CONSTRAINT ck_payoff_requester_role
/
ALTER TABLE payoff ADD CONSTRAINT ck_payoff_requester_role CHECK (requester_role = 'borrower' OR requester_role = 'lender' OR requester_role = 'attorney' OR requester_role = 'title_company' OR requester_role = 'other')
/
ALTER TABLE payoff DROP CONSTRAINT ck_payoff_quote_day_count
/
ALTER TABLE payoff ADD CONSTRAINT ck_payoff_quote_day_count CHECK (quote_day_count = 'actual_365' OR quote_day_count = 'actual_360' OR quote_day_count = 'thirty_360')
/
ALTER TABLE location DROP CONSTRAINT ck_location_type
/
ALTER TABLE location ADD CONSTRAINT ck_location_type CHECK (type = 'headquarters' OR type = 'branch' OR type = 'cdc' OR type = 'servicing_center')
/
ALTER TABLE user_account DROP CONSTRAINT ck_user_account_user_type
/
ALTER TABLE user_account ADD CONSTRAINT ck_user_account_user_type CHECK (user_type = 'sba_employee' OR user_type = 'partner' OR user_type = 'borrower')
/
ALTER TABLE user_account DROP CONSTRAINT ck_user_account_status
/
ALTER TABLE user_account ADD CONSTRAINT ck_user_account_status CHECK (status = 'active' OR status = 'inactive' OR status = 'locked')
/
ALTER TABLE holiday DROP CONSTRAINT ck_holiday_calendar
/
ALTER TABLE holiday ADD CONSTRAINT ck_holiday_calendar CHECK (calendar = 'federal' OR calendar = 'federal_reserve' OR calendar = 'executive_order')
/
ALTER TABLE audit_record DROP CONSTRAINT ck_audit_record_kind
/
ALTER TABLE audit_record ADD CONSTRAINT ck_audit_record_kind CHECK (kind = 'change' OR kind = 'denied' OR kind = 'conflict' OR kind = 'failed' OR kind = 'access')
/
