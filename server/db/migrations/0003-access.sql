-- Who may sign in. People are never deleted: the audit log speaks of them.
CREATE TABLE people (
  id text PRIMARY KEY,
  -- Rises with every change but that of signed_in_at; sessions say of which version they speak.
  version integer NOT NULL DEFAULT 1,
  login text NOT NULL UNIQUE,
  name text NOT NULL,
  role text NOT NULL,
  scope jsonb NOT NULL,
  is_active boolean NOT NULL DEFAULT true,
  -- PHC string of argon2id. Null: signs in elsewhere.
  password_hash text,
  must_change_password boolean NOT NULL DEFAULT false,
  totp_secret text,
  -- Step of the newest code that was taken, which is never taken again.
  totp_step bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  signed_in_at timestamptz
);

-- Programs. A token whose maker is null was made with the admin token.
CREATE TABLE api_tokens (
  id text PRIMARY KEY,
  name text NOT NULL,
  secret_hash text NOT NULL UNIQUE,
  rights jsonb NOT NULL,
  scope jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text REFERENCES people (id),
  created_by_name text NOT NULL,
  expires_at timestamptz,
  revoked_at timestamptz,
  used_at timestamptz
);

-- Who did what to whom, why and from where.
CREATE TABLE audit_log (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  who_kind text NOT NULL,
  who_id text NOT NULL,
  who_name text NOT NULL,
  act text NOT NULL,
  site text,
  subject text NOT NULL,
  reason text,
  before jsonb,
  after jsonb,
  from_address text NOT NULL
);
CREATE INDEX audit_log_by_site ON audit_log (site, number);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME USING ERRCODE = 'object_not_in_prerequisite_state';
END $$;

CREATE TRIGGER audit_log_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
