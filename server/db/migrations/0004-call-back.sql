-- Contacts as people read them: newest first over all queues, and whether a caller who was lost came back.
CREATE INDEX contacts_by_offer ON contacts (site, offered_at, id);
CREATE INDEX contacts_by_caller ON contacts (site, caller_number, offered_at) WHERE caller_number IS NOT NULL;

-- Calling a lost caller back. A contact without a row is open, at version 0. Goes with its contact.
CREATE TABLE call_backs (
  site text NOT NULL,
  contact text NOT NULL,
  version bigint NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'claimed', 'done')),
  claimant text,
  claimant_name text,
  claimed_at timestamptz,
  attempts integer NOT NULL,
  result text CHECK (result IN ('reached', 'notReached')),
  PRIMARY KEY (site, contact),
  FOREIGN KEY (site, contact) REFERENCES contacts (site, id) ON DELETE CASCADE
);

-- Every step, never edited. `version` is the one that it made.
CREATE TABLE call_back_steps (
  site text NOT NULL,
  contact text NOT NULL,
  version bigint NOT NULL,
  step text NOT NULL,
  by text NOT NULL,
  by_name text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (site, contact, version),
  FOREIGN KEY (site, contact) REFERENCES call_backs (site, contact) ON DELETE CASCADE
);
