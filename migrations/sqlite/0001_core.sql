-- The tables of the document, and the four that belong to the server itself.
-- One statement a step; a line that holds only a slash ends it.

CREATE TABLE resource_item (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    status TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_resource_item PRIMARY KEY (id),
    CONSTRAINT ck_resource_item_id CHECK (id <> ''),
    CONSTRAINT ck_resource_item_name CHECK (name <> ''),
    CONSTRAINT ck_resource_item_description CHECK (description <> ''),
    CONSTRAINT ck_resource_item_status CHECK (status IN ('active', 'archived'))
)
/
CREATE INDEX ix_resource_item_name ON resource_item (name, id)
/
CREATE INDEX ix_resource_item_status ON resource_item (status, id)
/
CREATE TABLE payoff (
    id TEXT NOT NULL,
    loan_number TEXT NOT NULL,
    program TEXT NOT NULL,
    location_id TEXT NOT NULL,
    payoff_date TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT NOT NULL,
    reason_text TEXT,
    payment_method TEXT NOT NULL,
    requester_name TEXT NOT NULL,
    requester_email TEXT NOT NULL,
    requester_phone TEXT NOT NULL,
    requester_role TEXT NOT NULL,
    closing_agent_company TEXT,
    closing_agent_contact_name TEXT,
    closing_agent_email TEXT,
    closing_agent_phone TEXT,
    property_address_line1 TEXT,
    property_address_line2 TEXT,
    property_address_city TEXT,
    property_address_state TEXT,
    property_address_zip TEXT,
    property_address_zip4 TEXT,
    property_address_country_code TEXT,
    quote_principal TEXT,
    quote_accrued_interest TEXT,
    quote_per_diem TEXT,
    quote_interest_rate TEXT,
    quote_day_count TEXT,
    quote_fees TEXT,
    quote_late_charges TEXT,
    quote_prepayment_premium TEXT,
    quote_credits TEXT,
    quote_total TEXT,
    quote_quoted_at TEXT,
    requested_by TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_payoff PRIMARY KEY (id),
    CONSTRAINT ck_payoff_id CHECK (id <> ''),
    CONSTRAINT ck_payoff_loan_number CHECK (loan_number <> ''),
    CONSTRAINT ck_payoff_program CHECK (program IN ('7a', '504', 'disaster', 'covid_eidl')),
    CONSTRAINT ck_payoff_location_id CHECK (location_id <> ''),
    CONSTRAINT ck_payoff_status CHECK (status IN ('requested', 'quoted', 'scheduled', 'paid', 'expired', 'cancelled', 'rejected')),
    CONSTRAINT ck_payoff_reason CHECK (reason IN ('refinance', 'sale', 'cash', 'maturity', 'other')),
    CONSTRAINT ck_payoff_reason_text CHECK (reason_text <> ''),
    CONSTRAINT ck_payoff_payment_method CHECK (payment_method IN ('wire', 'ach', 'pay_gov', 'check')),
    CONSTRAINT ck_payoff_requester_name CHECK (requester_name <> ''),
    CONSTRAINT ck_payoff_requester_email CHECK (requester_email <> ''),
    CONSTRAINT ck_payoff_requester_phone CHECK (requester_phone <> ''),
    CONSTRAINT ck_payoff_requester_role CHECK (requester_role IN ('borrower', 'lender', 'attorney', 'title_company', 'other')),
    CONSTRAINT ck_payoff_closing_agent_company CHECK (closing_agent_company <> ''),
    CONSTRAINT ck_payoff_closing_agent_contact_name CHECK (closing_agent_contact_name <> ''),
    CONSTRAINT ck_payoff_closing_agent_email CHECK (closing_agent_email <> ''),
    CONSTRAINT ck_payoff_closing_agent_phone CHECK (closing_agent_phone <> ''),
    CONSTRAINT ck_payoff_property_address_line1 CHECK (property_address_line1 <> ''),
    CONSTRAINT ck_payoff_property_address_line2 CHECK (property_address_line2 <> ''),
    CONSTRAINT ck_payoff_property_address_city CHECK (property_address_city <> ''),
    CONSTRAINT ck_payoff_property_address_state CHECK (property_address_state <> ''),
    CONSTRAINT ck_payoff_property_address_zip CHECK (property_address_zip <> ''),
    CONSTRAINT ck_payoff_property_address_zip4 CHECK (property_address_zip4 <> ''),
    CONSTRAINT ck_payoff_property_address_country_code CHECK (property_address_country_code <> ''),
    CONSTRAINT ck_payoff_quote_day_count CHECK (quote_day_count IN ('actual_365', 'actual_360', 'thirty_360')),
    CONSTRAINT ck_payoff_requested_by CHECK (requested_by <> '')
)
/
CREATE INDEX ix_payoff_loan_number ON payoff (loan_number, id)
/
CREATE INDEX ix_payoff_program ON payoff (program, id)
/
CREATE INDEX ix_payoff_location_id ON payoff (location_id, id)
/
CREATE INDEX ix_payoff_payoff_date ON payoff (payoff_date, id)
/
CREATE INDEX ix_payoff_status ON payoff (status, id)
/
CREATE INDEX ix_payoff_property_address_state ON payoff (property_address_state, id)
/
CREATE TABLE location (
    id TEXT NOT NULL,
    partner_id TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    status TEXT NOT NULL,
    address_line1 TEXT NOT NULL,
    address_line2 TEXT,
    address_city TEXT NOT NULL,
    address_state TEXT NOT NULL,
    address_zip TEXT NOT NULL,
    address_zip4 TEXT,
    address_country_code TEXT NOT NULL,
    phone TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_location PRIMARY KEY (id),
    CONSTRAINT ck_location_id CHECK (id <> ''),
    CONSTRAINT ck_location_partner_id CHECK (partner_id <> ''),
    CONSTRAINT ck_location_name CHECK (name <> ''),
    CONSTRAINT ck_location_type CHECK (type IN ('headquarters', 'branch', 'cdc', 'servicing_center')),
    CONSTRAINT ck_location_status CHECK (status IN ('active', 'inactive')),
    CONSTRAINT ck_location_address_line1 CHECK (address_line1 <> ''),
    CONSTRAINT ck_location_address_line2 CHECK (address_line2 <> ''),
    CONSTRAINT ck_location_address_city CHECK (address_city <> ''),
    CONSTRAINT ck_location_address_state CHECK (address_state <> ''),
    CONSTRAINT ck_location_address_zip CHECK (address_zip <> ''),
    CONSTRAINT ck_location_address_zip4 CHECK (address_zip4 <> ''),
    CONSTRAINT ck_location_address_country_code CHECK (address_country_code <> ''),
    CONSTRAINT ck_location_phone CHECK (phone <> '')
)
/
CREATE INDEX ix_location_partner_id ON location (partner_id, id)
/
CREATE INDEX ix_location_name ON location (name, id)
/
CREATE INDEX ix_location_type ON location (type, id)
/
CREATE INDEX ix_location_status ON location (status, id)
/
CREATE INDEX ix_location_address_state ON location (address_state, id)
/
CREATE TABLE user_account (
    id TEXT NOT NULL,
    username TEXT NOT NULL,
    email TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    phone TEXT,
    user_type TEXT NOT NULL,
    status TEXT NOT NULL,
    memberships TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_user_account PRIMARY KEY (id),
    CONSTRAINT ux_user_account_username UNIQUE (username),
    CONSTRAINT ux_user_account_email UNIQUE (email),
    CONSTRAINT ck_user_account_id CHECK (id <> ''),
    CONSTRAINT ck_user_account_username CHECK (username <> ''),
    CONSTRAINT ck_user_account_email CHECK (email <> ''),
    CONSTRAINT ck_user_account_first_name CHECK (first_name <> ''),
    CONSTRAINT ck_user_account_last_name CHECK (last_name <> ''),
    CONSTRAINT ck_user_account_phone CHECK (phone <> ''),
    CONSTRAINT ck_user_account_user_type CHECK (user_type IN ('sba_employee', 'partner', 'borrower')),
    CONSTRAINT ck_user_account_status CHECK (status IN ('active', 'inactive', 'locked')),
    CONSTRAINT ck_user_account_memberships CHECK (json_valid(memberships))
)
/
CREATE INDEX ix_user_account_last_name ON user_account (last_name, id)
/
CREATE INDEX ix_user_account_status ON user_account (status, id)
/
CREATE TABLE user_account_memberships_location_id (
    value TEXT NOT NULL,
    row_key TEXT NOT NULL,
    CONSTRAINT pk_user_account_memberships_location_id PRIMARY KEY (value, row_key),
    CONSTRAINT fk_user_account_memberships_location_id FOREIGN KEY (row_key) REFERENCES user_account (id) ON DELETE CASCADE
)
/
CREATE INDEX ix_user_account_memberships_location_id ON user_account_memberships_location_id (row_key)
/
CREATE TABLE country (
    alpha2 TEXT NOT NULL,
    alpha3 TEXT NOT NULL,
    numeric TEXT NOT NULL,
    name TEXT NOT NULL,
    official_name TEXT,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_country PRIMARY KEY (alpha2),
    CONSTRAINT ux_country_alpha3 UNIQUE (alpha3),
    CONSTRAINT ux_country_numeric UNIQUE (numeric),
    CONSTRAINT ck_country_alpha2 CHECK (alpha2 <> ''),
    CONSTRAINT ck_country_alpha3 CHECK (alpha3 <> ''),
    CONSTRAINT ck_country_numeric CHECK (numeric <> ''),
    CONSTRAINT ck_country_name CHECK (name <> ''),
    CONSTRAINT ck_country_official_name CHECK (official_name <> '')
)
/
CREATE INDEX ix_country_name ON country (name, alpha2)
/
CREATE TABLE holiday (
    id TEXT NOT NULL,
    date_ TEXT NOT NULL,
    actual_date TEXT NOT NULL,
    year INTEGER NOT NULL,
    name TEXT NOT NULL,
    observed INTEGER NOT NULL,
    calendar TEXT NOT NULL,
    scope TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_holiday PRIMARY KEY (id),
    CONSTRAINT ck_holiday_id CHECK (id <> ''),
    CONSTRAINT ck_holiday_name CHECK (name <> ''),
    CONSTRAINT ck_holiday_observed CHECK (observed IN (0, 1)),
    CONSTRAINT ck_holiday_calendar CHECK (calendar IN ('federal', 'federal_reserve', 'executive_order')),
    CONSTRAINT ck_holiday_scope CHECK (scope IN ('national', 'dc_area'))
)
/
CREATE INDEX ix_holiday_date_ ON holiday (date_, id)
/
CREATE INDEX ix_holiday_year ON holiday (year, id)
/
CREATE INDEX ix_holiday_calendar ON holiday (calendar, id)
/
CREATE TABLE franchise (
    id TEXT NOT NULL,
    code TEXT,
    brand TEXT NOT NULL,
    brand_fold TEXT NOT NULL,
    franchisor TEXT,
    meets_ftc_definition INTEGER NOT NULL,
    addendum_needed INTEGER NOT NULL,
    addendum_type TEXT,
    notes TEXT,
    active INTEGER NOT NULL,
    sample INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_franchise PRIMARY KEY (id),
    CONSTRAINT ck_franchise_id CHECK (id <> ''),
    CONSTRAINT ck_franchise_code CHECK (code <> ''),
    CONSTRAINT ck_franchise_brand CHECK (brand <> ''),
    CONSTRAINT ck_franchise_franchisor CHECK (franchisor <> ''),
    CONSTRAINT ck_franchise_meets_ftc_definition CHECK (meets_ftc_definition IN (0, 1)),
    CONSTRAINT ck_franchise_addendum_needed CHECK (addendum_needed IN (0, 1)),
    CONSTRAINT ck_franchise_addendum_type CHECK (addendum_type <> ''),
    CONSTRAINT ck_franchise_notes CHECK (notes <> ''),
    CONSTRAINT ck_franchise_active CHECK (active IN (0, 1)),
    CONSTRAINT ck_franchise_sample CHECK (sample IN (0, 1))
)
/
CREATE INDEX ix_franchise_code ON franchise (code, id)
/
CREATE INDEX ix_franchise_brand ON franchise (brand_fold, id)
/
CREATE INDEX ix_franchise_meets_ftc_definition ON franchise (meets_ftc_definition, id)
/
CREATE INDEX ix_franchise_active ON franchise (active, id)
/
CREATE TABLE naics_code (
    code TEXT NOT NULL,
    level_ INTEGER NOT NULL,
    title TEXT NOT NULL,
    parent_code TEXT,
    sector_code TEXT NOT NULL,
    size_standards TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_naics_code PRIMARY KEY (code),
    CONSTRAINT ck_naics_code_code CHECK (code <> ''),
    CONSTRAINT ck_naics_code_title CHECK (title <> ''),
    CONSTRAINT ck_naics_code_parent_code CHECK (parent_code <> ''),
    CONSTRAINT ck_naics_code_sector_code CHECK (sector_code <> ''),
    CONSTRAINT ck_naics_code_size_standards CHECK (json_valid(size_standards))
)
/
CREATE INDEX ix_naics_code_level_ ON naics_code (level_, code)
/
CREATE INDEX ix_naics_code_parent_code ON naics_code (parent_code, code)
/
CREATE INDEX ix_naics_code_sector_code ON naics_code (sector_code, code)
/
CREATE TABLE naics_code_title_word (
    value TEXT NOT NULL,
    row_key TEXT NOT NULL,
    CONSTRAINT pk_naics_code_title_word PRIMARY KEY (value, row_key),
    CONSTRAINT fk_naics_code_title_word FOREIGN KEY (row_key) REFERENCES naics_code (code) ON DELETE CASCADE
)
/
CREATE INDEX ix_naics_code_title_word ON naics_code_title_word (row_key)
/
CREATE TABLE audit_log (
    id TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    service TEXT NOT NULL,
    key_id TEXT,
    user_id TEXT,
    user_proof TEXT,
    location_id TEXT,
    operation TEXT NOT NULL,
    request_id TEXT,
    table_name TEXT NOT NULL,
    row_id TEXT NOT NULL,
    version_before INTEGER,
    version_after INTEGER,
    before_json TEXT,
    after_json TEXT,
    build TEXT NOT NULL,
    CONSTRAINT pk_audit_log PRIMARY KEY (id),
    CONSTRAINT ck_audit_log_change CHECK (before_json IS NOT NULL OR after_json IS NOT NULL)
)
/
CREATE INDEX ix_audit_log_row ON audit_log (table_name, row_id, id)
/
CREATE TRIGGER tr_audit_log_update BEFORE UPDATE ON audit_log
BEGIN
    SELECT RAISE(ABORT, 'audit records are never changed');
END
/
CREATE TRIGGER tr_audit_log_delete BEFORE DELETE ON audit_log
BEGIN
    SELECT RAISE(ABORT, 'audit records are never removed');
END
/
CREATE TABLE idempotency (
    id TEXT NOT NULL,
    created_at TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    status INTEGER NOT NULL,
    etag TEXT,
    location TEXT,
    body TEXT NOT NULL,
    CONSTRAINT pk_idempotency PRIMARY KEY (id)
)
/
CREATE INDEX ix_idempotency_created_at ON idempotency (created_at)
/
CREATE TABLE loaded_data (
    name TEXT NOT NULL,
    checksum TEXT NOT NULL,
    loaded_at TEXT NOT NULL,
    CONSTRAINT pk_loaded_data PRIMARY KEY (name)
)
/
