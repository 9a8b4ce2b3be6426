-- Boards that people design. One that was deleted stays: the audit log speaks of it.
CREATE TABLE boards (
  id text PRIMARY KEY,
  site text NOT NULL,
  name text NOT NULL,
  -- Of the draft; rises with every change.
  version integer NOT NULL DEFAULT 1,
  draft jsonb NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  updated_by text NOT NULL,
  -- Number of the version that TVs show.
  published integer,
  deleted_at timestamptz
);
CREATE INDEX boards_by_site ON boards (site) WHERE deleted_at IS NULL;

-- What was published, by number.
CREATE TABLE board_versions (
  board text NOT NULL REFERENCES boards (id),
  number integer NOT NULL,
  name text NOT NULL,
  content jsonb NOT NULL,
  published_at timestamptz NOT NULL DEFAULT now(),
  published_by text NOT NULL,
  -- The older version that was published again.
  restores integer,
  PRIMARY KEY (board, number)
);
CREATE TRIGGER board_versions_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON board_versions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
