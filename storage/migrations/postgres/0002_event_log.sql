-- The embedded tier's log. A partition's row is locked from the assignment of offsets to the commit, so offsets are gapless and become
-- visible in order: a reader that sees offset n has seen every smaller one.

CREATE TABLE log_partitions
(
    topic        text NOT NULL,
    partition    int NOT NULL,
    first_offset bigint NOT NULL DEFAULT 0,
    next_offset  bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (topic, partition)
);

CREATE TABLE log_records
(
    topic          text NOT NULL,
    partition      int NOT NULL,
    "offset"       bigint NOT NULL,
    key            text NOT NULL,
    schema_version text,
    trace_parent   text,
    appended_at    timestamptz NOT NULL DEFAULT now(),
    value          bytea NOT NULL,
    PRIMARY KEY (topic, partition, "offset")
);

-- Values are read once and soon: compressing them would cost more than the disk it saves.
ALTER TABLE log_records ALTER COLUMN value SET STORAGE EXTERNAL;

-- Who reads a partition for a group, until when, and how far it has committed. The epoch fences an owner that lost its lease.
CREATE TABLE log_leases
(
    topic            text NOT NULL,
    consumer_group   text NOT NULL,
    partition        int NOT NULL,
    committed_offset bigint,
    owner            text,
    epoch            bigint NOT NULL DEFAULT 0,
    lease_until      timestamptz,
    PRIMARY KEY (topic, consumer_group, partition)
);

CREATE TABLE log_members
(
    topic          text NOT NULL,
    consumer_group text NOT NULL,
    member         text NOT NULL,
    expires_at     timestamptz NOT NULL,
    PRIMARY KEY (topic, consumer_group, member)
);
