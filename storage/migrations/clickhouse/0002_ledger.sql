-- The ledger: one receipt per record and place (a log may hold a record twice, for example after a broker died; so may a replay), what each gateway says it acknowledged, and the events that could not become states.

CREATE TABLE IF NOT EXISTS receipts
(
    record_id      UUID,
    project_id     String,
    minute         DateTime('UTC'),
    received_at    DateTime64(6, 'UTC'),
    topic          String,
    partition      UInt32,
    offset         UInt64,
    request_id     String,
    instance_id    String CODEC(ZSTD(1)),
    attempt        UInt32,
    payload_kind   UInt8,
    accepted       UInt32,
    stored         UInt32,
    failed         UInt32,
    event_hashes   Array(UInt64),
    entity_hashes  Array(UInt64),
    trace_hashes   Array(UInt64),
    stored_at      DateTime64(6, 'UTC') DEFAULT now64(6),
    INDEX idx_events event_hashes TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX idx_entities entity_hashes TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX idx_traces trace_hashes TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX idx_record record_id TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = {replacing:attempt}
PARTITION BY toDate(minute)
ORDER BY (project_id, minute, record_id, topic, partition, offset)
TTL minute + INTERVAL 90 DAY
SETTINGS index_granularity = 1024, ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1, min_bytes_for_wide_part = 268435456;

CREATE TABLE IF NOT EXISTS gateway_accounts
(
    project_id   String,
    minute       DateTime('UTC'),
    instance_id  String,
    sequence     UInt64,
    acknowledged UInt64
)
ENGINE = {replacing:sequence}
PARTITION BY toDate(minute)
ORDER BY (project_id, minute, instance_id)
TTL minute + INTERVAL 90 DAY
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1, min_bytes_for_wide_part = 268435456;

CREATE TABLE IF NOT EXISTS rejected_events
(
    topic      String,
    partition  UInt32,
    offset     UInt64,
    position   Int32,
    record_id  UUID,
    project_id String,
    reason     String,
    detail     String,
    bytes      String CODEC(ZSTD(3)),
    stored_at  DateTime64(6, 'UTC') DEFAULT now64(6)
)
ENGINE = {replacing}
ORDER BY (topic, partition, offset, position, record_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_bytes_for_wide_part = 268435456;
