-- Notices on walls and floors. One that is over or was taken back stays: an id is used once.
CREATE TABLE notices (
  id uuid PRIMARY KEY,
  site text NOT NULL,
  text text NOT NULL,
  level text NOT NULL,
  -- Whom it is for; null: all of them.
  queues text[],
  teams text[],
  by_kind text NOT NULL,
  by_id text NOT NULL,
  by_name text NOT NULL,
  at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  taken_back_at timestamptz
);
CREATE INDEX notices_by_site ON notices (site, ends_at) WHERE taken_back_at IS NULL;
