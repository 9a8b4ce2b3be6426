-- History: what is over, as the facts of shared/fact.ts. Every row carries the id of the stream entry that told it last
-- (entry_ms, entry_seq): an older entry never overwrites a newer one, so entries may be read again from anywhere.

-- How far the facts of a site are written here. Moves in the transaction that writes them.
CREATE TABLE history_cursors (
  site text PRIMARY KEY,
  cursor text NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
);

-- One visit of a call to a queue. A duration that nobody saw is null.
CREATE TABLE contacts (
  site text NOT NULL,
  id text NOT NULL,
  call text NOT NULL,
  queue text NOT NULL,
  agent text,
  offered_at timestamptz NOT NULL,
  answered_at timestamptz,
  ended_at timestamptz NOT NULL,
  outcome text NOT NULL,
  wait_ms bigint,
  talk_ms bigint,
  hold_ms bigint NOT NULL,
  acw_ms bigint NOT NULL,
  is_transferred boolean NOT NULL,
  threshold_ms bigint NOT NULL,
  short_abandon_ms bigint NOT NULL,
  is_end_inferred boolean NOT NULL,
  caller_number text,
  caller_name text,
  entry_ms bigint NOT NULL,
  entry_seq bigint NOT NULL,
  PRIMARY KEY (site, id)
);
CREATE INDEX contacts_by_queue ON contacts (site, queue, offered_at);
CREATE INDEX contacts_by_agent ON contacts (site, agent, offered_at) WHERE agent IS NOT NULL;
CREATE INDEX contacts_by_age ON contacts USING brin (ended_at);
CREATE INDEX contacts_with_caller ON contacts (ended_at) WHERE caller_number IS NOT NULL OR caller_name IS NOT NULL;

-- A stretch of time in which an agent's presence, reason and activity did not change.
CREATE TABLE agent_segments (
  site text NOT NULL,
  agent text NOT NULL,
  start_at timestamptz NOT NULL,
  end_at timestamptz NOT NULL,
  presence text NOT NULL,
  reason text NOT NULL,
  activity text NOT NULL,
  entry_ms bigint NOT NULL,
  entry_seq bigint NOT NULL,
  PRIMARY KEY (site, agent, start_at)
);
CREATE INDEX agent_segments_by_age ON agent_segments USING brin (end_at);

-- Counters of a quarter hour. A row whose queue is null is the site, where a call counts once: never add it to the others.
CREATE TABLE intervals (
  site text NOT NULL,
  queue text,
  start_at timestamptz NOT NULL,
  offered bigint NOT NULL,
  answered bigint NOT NULL,
  abandoned bigint NOT NULL,
  short_abandoned bigint NOT NULL,
  timed_out bigint NOT NULL,
  exited_by_key bigint NOT NULL,
  left_other bigint NOT NULL,
  unknown bigint NOT NULL,
  answered_in_threshold bigint NOT NULL,
  abandoned_in_threshold bigint NOT NULL,
  ring_no_answer bigint NOT NULL,
  transferred_out bigint NOT NULL,
  wait_ms_sum bigint NOT NULL,
  wait_ms_max bigint NOT NULL,
  talk_ms_sum bigint NOT NULL,
  hold_ms_sum bigint NOT NULL,
  acw_ms_sum bigint NOT NULL,
  handled bigint NOT NULL,
  undecided bigint NOT NULL,
  wait_unseen bigint NOT NULL,
  abandon_wait_ms_sum bigint NOT NULL,
  -- Waits of answered contacts: [[bin, count], …] (shared/sketch.ts).
  waits jsonb NOT NULL,
  entry_ms bigint NOT NULL,
  entry_seq bigint NOT NULL,
  UNIQUE NULLS NOT DISTINCT (site, queue, start_at)
);
CREATE INDEX intervals_by_age ON intervals (start_at);

-- A period without a living source; end_at is null while it lasts.
CREATE TABLE gaps (
  site text NOT NULL,
  source text NOT NULL,
  start_at timestamptz NOT NULL,
  end_at timestamptz,
  cause text NOT NULL,
  entry_ms bigint NOT NULL,
  entry_seq bigint NOT NULL,
  PRIMARY KEY (site, source, start_at)
);

-- The core changed its mind.
CREATE TABLE corrections (
  site text NOT NULL,
  number bigint NOT NULL,
  at timestamptz NOT NULL,
  kind text NOT NULL,
  subject text NOT NULL,
  before text NOT NULL,
  after text NOT NULL,
  entry_ms bigint NOT NULL,
  entry_seq bigint NOT NULL,
  PRIMARY KEY (site, number)
);
CREATE INDEX corrections_by_age ON corrections (at);

-- Facts that could not be written, set aside so that the rest goes on. May hold personal data.
CREATE TABLE rejected_facts (
  site text NOT NULL,
  entry_ms bigint NOT NULL,
  entry_seq bigint NOT NULL,
  position integer NOT NULL,
  reason text NOT NULL,
  body text NOT NULL,
  rejected_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (site, entry_ms, entry_seq, position)
);
CREATE INDEX rejected_facts_by_age ON rejected_facts (rejected_at);
