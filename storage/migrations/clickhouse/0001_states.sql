-- Entity states. Every mutable field is a register Tuple(version, value) that merges by max; version 0 means the field was never set.
-- Partitioned by the UTC day of ingestion, so that retention is a partition drop. An entity updated on a later day has rows in both
-- partitions until then; FINAL joins them.
-- Parts are flushed to disk before an insert is confirmed: an offset is committed after that confirmation, and a power cut must not leave the
-- offset without its rows. A part stays in one file up to 256 MiB: flushing a file per column would take sixty flushes instead of a few.

CREATE TABLE IF NOT EXISTS observation_states
(
    project_id            String,
    trace_id              String,
    id                    String,
    ingest_day            Date,
    created_at            SimpleAggregateFunction(min, DateTime64(6, 'UTC')),
    type                  SimpleAggregateFunction(max, Tuple(UInt64, Nullable(String))),
    name                  SimpleAggregateFunction(max, Tuple(UInt64, Nullable(String))),
    start_time            SimpleAggregateFunction(max, Tuple(UInt64, Nullable(DateTime64(6, 'UTC')))),
    end_time              SimpleAggregateFunction(max, Tuple(UInt64, Nullable(DateTime64(6, 'UTC')))),
    completion_start_time SimpleAggregateFunction(max, Tuple(UInt64, Nullable(DateTime64(6, 'UTC')))),
    parent_observation_id SimpleAggregateFunction(max, Tuple(UInt64, Nullable(String))),
    environment           SimpleAggregateFunction(max, Tuple(UInt64, Nullable(String))),
    level                 SimpleAggregateFunction(max, Tuple(UInt64, Nullable(String))),
    status_message        SimpleAggregateFunction(max, Tuple(UInt64, Nullable(String))),
    version               SimpleAggregateFunction(max, Tuple(UInt64, Nullable(String))),
    input                 SimpleAggregateFunction(max, Tuple(UInt64, Nullable(String))) CODEC(ZSTD(1)),
    output                SimpleAggregateFunction(max, Tuple(UInt64, Nullable(String))) CODEC(ZSTD(1)),
    model                 SimpleAggregateFunction(max, Tuple(UInt64, Nullable(String))),
    model_parameters      SimpleAggregateFunction(max, Tuple(UInt64, Nullable(String))),
    prompt                SimpleAggregateFunction(max, Tuple(UInt64, Tuple(String, UInt32))),
    usage_details         SimpleAggregateFunction(max, Tuple(UInt64, Array(Tuple(String, UInt64)))),
    cost_details          SimpleAggregateFunction(max, Tuple(UInt64, Array(Tuple(String, Decimal(18, 12))))),
    metadata              SimpleAggregateFunction(groupUniqArrayArray, Array(Tuple(String, UInt64, String))) CODEC(ZSTD(1)),
    INDEX idx_id id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX idx_start_time start_time.2 TYPE minmax GRANULARITY 1,
    INDEX idx_name name.2 TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_model model.2 TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {aggregating}
PARTITION BY ingest_day
ORDER BY (project_id, trace_id, id)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1, min_bytes_for_wide_part = 268435456;

CREATE TABLE IF NOT EXISTS trace_states
(
    project_id  String,
    trace_id    String,
    ingest_day  Date,
    created_at  SimpleAggregateFunction(min, DateTime64(6, 'UTC')),
    timestamp   SimpleAggregateFunction(max, Tuple(UInt64, Nullable(DateTime64(6, 'UTC')))),
    name        SimpleAggregateFunction(max, Tuple(UInt64, Nullable(String))),
    user_id     SimpleAggregateFunction(max, Tuple(UInt64, Nullable(String))),
    session_id  SimpleAggregateFunction(max, Tuple(UInt64, Nullable(String))),
    environment SimpleAggregateFunction(max, Tuple(UInt64, Nullable(String))),
    release     SimpleAggregateFunction(max, Tuple(UInt64, Nullable(String))),
    version     SimpleAggregateFunction(max, Tuple(UInt64, Nullable(String))),
    public      SimpleAggregateFunction(max, Tuple(UInt64, Nullable(Bool))),
    input       SimpleAggregateFunction(max, Tuple(UInt64, Nullable(String))) CODEC(ZSTD(1)),
    output      SimpleAggregateFunction(max, Tuple(UInt64, Nullable(String))) CODEC(ZSTD(1)),
    tags        SimpleAggregateFunction(groupUniqArrayArray, Array(String)),
    metadata    SimpleAggregateFunction(groupUniqArrayArray, Array(Tuple(String, UInt64, String))) CODEC(ZSTD(1)),
    INDEX idx_timestamp timestamp.2 TYPE minmax GRANULARITY 1,
    INDEX idx_name name.2 TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_user user_id.2 TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_session session_id.2 TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {aggregating}
PARTITION BY ingest_day
ORDER BY (project_id, trace_id)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1, min_bytes_for_wide_part = 268435456;

CREATE TABLE IF NOT EXISTS score_states
(
    project_id         String,
    id                 String,
    ingest_day         Date,
    created_at         SimpleAggregateFunction(min, DateTime64(6, 'UTC')),
    timestamp          SimpleAggregateFunction(max, Tuple(UInt64, Nullable(DateTime64(6, 'UTC')))),
    trace_id           SimpleAggregateFunction(max, Tuple(UInt64, Nullable(String))),
    observation_id     SimpleAggregateFunction(max, Tuple(UInt64, Nullable(String))),
    session_id         SimpleAggregateFunction(max, Tuple(UInt64, Nullable(String))),
    dataset_run_id     SimpleAggregateFunction(max, Tuple(UInt64, Nullable(String))),
    name               SimpleAggregateFunction(max, Tuple(UInt64, Nullable(String))),
    environment        SimpleAggregateFunction(max, Tuple(UInt64, Nullable(String))),
    source             SimpleAggregateFunction(max, Tuple(UInt64, Nullable(String))),
    data_type          SimpleAggregateFunction(max, Tuple(UInt64, Nullable(String))),
    value              SimpleAggregateFunction(max, Tuple(UInt64, Nullable(Float64))),
    string_value       SimpleAggregateFunction(max, Tuple(UInt64, Nullable(String))),
    long_string_value  SimpleAggregateFunction(max, Tuple(UInt64, Nullable(String))) CODEC(ZSTD(1)),
    comment            SimpleAggregateFunction(max, Tuple(UInt64, Nullable(String))) CODEC(ZSTD(1)),
    config_id          SimpleAggregateFunction(max, Tuple(UInt64, Nullable(String))),
    queue_id           SimpleAggregateFunction(max, Tuple(UInt64, Nullable(String))),
    execution_trace_id SimpleAggregateFunction(max, Tuple(UInt64, Nullable(String))),
    metadata           SimpleAggregateFunction(groupUniqArrayArray, Array(Tuple(String, UInt64, String))) CODEC(ZSTD(1)),
    INDEX idx_trace trace_id.2 TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX idx_session session_id.2 TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_name name.2 TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_timestamp timestamp.2 TYPE minmax GRANULARITY 1
)
ENGINE = {aggregating}
PARTITION BY ingest_day
ORDER BY (project_id, id)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1, min_bytes_for_wide_part = 268435456;
