-- The index of failed batches, replays, and who did what. Failed batches are an index only: the objects are the truth, and this file is run
-- again to build the index anew when its tables were lost. So every statement must be repeatable.

CREATE TABLE IF NOT EXISTS failed_batches
(
    -- Folders sort here as the object store lists them.
    folder              text COLLATE "C" PRIMARY KEY,
    -- Null under a key that no batch has. Not unique: the same batch given up in two hours lies in two folders.
    batch_id            uuid,
    state               text NOT NULL,
    failed_at           timestamptz NOT NULL,
    class               text,
    defect              text,
    defect_detail       text,
    code                int,
    first_received_at   timestamptz,
    last_received_at    timestamptz,
    records             int NOT NULL,
    events              int NOT NULL,
    bytes               bigint NOT NULL,
    object_sha256       text,
    software_version    text,
    topics              text[] NOT NULL,
    -- One element per project.
    project_ids         text[] NOT NULL,
    project_records     int[] NOT NULL,
    project_events      int[] NOT NULL,
    -- One element per way to fail.
    reason_names        text[] NOT NULL,
    reason_tables       text[] NOT NULL,
    reason_codes        int[] NOT NULL,
    reason_counts       int[] NOT NULL,
    replay_attempts     int NOT NULL,
    last_attempt_at     timestamptz,
    -- json and not jsonb: jsonb refuses the NUL that an error text may hold.
    manifest            json
);

CREATE INDEX IF NOT EXISTS failed_batches_time ON failed_batches (failed_at, folder);
CREATE INDEX IF NOT EXISTS failed_batches_id ON failed_batches (batch_id);
CREATE INDEX IF NOT EXISTS failed_batches_state ON failed_batches (state, failed_at, folder);
CREATE INDEX IF NOT EXISTS failed_batches_class ON failed_batches (class, failed_at, folder);
CREATE INDEX IF NOT EXISTS failed_batches_received ON failed_batches (last_received_at);
CREATE INDEX IF NOT EXISTS failed_batches_projects ON failed_batches USING gin (project_ids);
CREATE INDEX IF NOT EXISTS failed_batches_reasons ON failed_batches USING gin (reason_names);
CREATE INDEX IF NOT EXISTS failed_batches_tables ON failed_batches USING gin (reason_tables);
CREATE INDEX IF NOT EXISTS failed_batches_codes ON failed_batches USING gin (reason_codes);
CREATE INDEX IF NOT EXISTS failed_batches_topics ON failed_batches USING gin (topics);

-- How far the index follows the objects; one row.
CREATE TABLE IF NOT EXISTS failed_batch_sync
(
    one       boolean PRIMARY KEY DEFAULT true CHECK (one),
    -- Of which object store: another one is listed from its beginning.
    location  text NOT NULL,
    synced_at timestamptz NOT NULL,
    full_at   timestamptz NOT NULL
);

CREATE TABLE IF NOT EXISTS replay_jobs
(
    id         uuid PRIMARY KEY,
    created_at timestamptz NOT NULL,
    actor      text NOT NULL,
    reason     text NOT NULL,
    state      text NOT NULL,
    limits     json NOT NULL,
    forecast   json NOT NULL,
    rate       double precision NOT NULL DEFAULT 0,
    note       text NOT NULL DEFAULT '',
    updated_at timestamptz NOT NULL
);

CREATE INDEX IF NOT EXISTS replay_jobs_created ON replay_jobs (created_at DESC, id);

CREATE TABLE IF NOT EXISTS replay_pieces
(
    job_id      uuid NOT NULL REFERENCES replay_jobs (id),
    number      int NOT NULL,
    source      text NOT NULL,
    -- The failed batch that it is read from; null for a range.
    batch_id    uuid,
    state       text NOT NULL,
    attempted   bigint NOT NULL DEFAULT 0,
    stored      bigint NOT NULL DEFAULT 0,
    unchanged   bigint NOT NULL DEFAULT 0,
    failed      bigint NOT NULL DEFAULT 0,
    error       text,
    finished_at timestamptz,
    PRIMARY KEY (job_id, number)
);

CREATE INDEX IF NOT EXISTS replay_pieces_waiting ON replay_pieces (job_id, number) WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS replay_pieces_batch ON replay_pieces (batch_id) WHERE batch_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS replay_pieces_finished ON replay_pieces (finished_at) WHERE batch_id IS NOT NULL;

CREATE TABLE IF NOT EXISTS audit_log
(
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL DEFAULT now(),
    actor   text NOT NULL,
    action  text NOT NULL,
    subject text NOT NULL,
    reason  text NOT NULL,
    detail  json NOT NULL
);

CREATE INDEX IF NOT EXISTS audit_log_subject ON audit_log (subject, id);
CREATE INDEX IF NOT EXISTS audit_log_at ON audit_log (at);
