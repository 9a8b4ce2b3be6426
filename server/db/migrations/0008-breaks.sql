-- Requests for a break. A pause and its end are commands of their own, by whose ids they are placed at most once.
CREATE TABLE break_requests (
  id uuid PRIMARY KEY,
  site text NOT NULL,
  agent text NOT NULL,
  agent_name text NOT NULL,
  reason text NOT NULL,
  state text NOT NULL CHECK (state IN ('requested', 'granted', 'onBreak', 'ended', 'refused', 'withdrawn', 'expired', 'failed')),
  requested_at timestamptz NOT NULL,
  -- {kind, id, name}, as in the audit log.
  requested_by jsonb NOT NULL,
  decided_at timestamptz,
  decided_by jsonb,
  command uuid,
  started_at timestamptz,
  end_asked_at timestamptz,
  end_asked_by jsonb,
  end_command uuid,
  ended_at timestamptz,
  cause text
);
CREATE UNIQUE INDEX break_requests_open ON break_requests (site, agent) WHERE state IN ('requested', 'granted', 'onBreak');
CREATE INDEX break_requests_by_time ON break_requests (site, requested_at);

CREATE TABLE break_settings (
  site text NOT NULL,
  break text NOT NULL,
  version bigint NOT NULL,
  settings jsonb NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (site, break)
);
ALTER TABLE setting_changes DROP CONSTRAINT setting_changes_kind_check;
ALTER TABLE setting_changes ADD CONSTRAINT setting_changes_kind_check CHECK (kind IN ('queue', 'agent', 'break'));

-- When somebody came and when somebody rested last.
CREATE INDEX agent_segments_of_rest ON agent_segments (site, end_at) WHERE presence IN ('signedOut', 'onBreak', 'meal');
