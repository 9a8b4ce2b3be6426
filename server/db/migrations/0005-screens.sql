-- TVs that were paired. One that was revoked stays: the audit log speaks of it.
CREATE TABLE screens (
  id text PRIMARY KEY,
  -- Shown on the TV beside its name.
  number integer GENERATED ALWAYS AS IDENTITY,
  -- Rises with every change of what it is called and shows; the TV says which one is in force on it.
  version integer NOT NULL DEFAULT 1,
  name text NOT NULL,
  site text NOT NULL,
  -- What of the site it sees: queues and teams, null is all.
  view jsonb NOT NULL,
  board text NOT NULL,
  options jsonb NOT NULL,
  is_blank boolean NOT NULL DEFAULT false,
  paired_at timestamptz NOT NULL DEFAULT now(),
  -- Null: with the admin token.
  paired_by text REFERENCES people (id),
  paired_by_name text NOT NULL,
  revoked_at timestamptz,
  -- Hashes of its token, of the one that it was offered last, and of the one before, which holds a moment longer.
  secret_hash text,
  secret_at timestamptz,
  next_hash text,
  next_at timestamptz,
  previous_hash text,
  previous_until timestamptz
);
