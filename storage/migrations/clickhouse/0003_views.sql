-- Flat columns with Langfuse's names. FINAL merges what background merges have not merged yet, so every view shows each entity once.
-- A register's version is its rank (the highest 5 bits), its time in microseconds from 1900-01-01 (58 bits) and the update bit: shifted left
-- by 5, versions are ordered by time alone. updated_at leaves out first-writer-wins registers, whose time bits are inverted.
-- Never add PREWHERE on a register column under FINAL: it filters before the registers are merged. Skip indexes are off for the same reason:
-- with conditions on two columns whose values lie in different parts, each index excludes the other's part, and the row is lost. They serve
-- look-ups of candidates without FINAL: WHERE (project_id, id) IN (SELECT project_id, trace_id FROM trace_states WHERE user_id.2 = 'x').

-- The newest metadata entry per key is the first of its key in descending order of (key, version, value). No lambda may capture the whole
-- array: the engine copies it per element, and ten thousand entries then take gigabytes.

CREATE OR REPLACE VIEW traces AS
WITH
    arrayReverseSort(s.metadata) AS entries,
    arrayReverse(arrayFilter((e, nth) -> nth = 1, entries, arrayEnumerateUniq(arrayMap(e -> tupleElement(e, 1), entries)))) AS newest,
    arrayMax(v -> bitShiftLeft(v, 5), arrayConcat(arrayMap(e -> tupleElement(e, 2), s.metadata), [
        tupleElement(s.name, 1), tupleElement(s.user_id, 1), tupleElement(s.session_id, 1), tupleElement(s.release, 1),
        tupleElement(s.version, 1), tupleElement(s.public, 1), tupleElement(s.input, 1), tupleElement(s.output, 1)])) AS last_time
SELECT
    s.trace_id AS id,
    s.project_id AS project_id,
    tupleElement(s.timestamp, 2) AS timestamp,
    tupleElement(s.name, 2) AS name,
    tupleElement(s.user_id, 2) AS user_id,
    tupleElement(s.session_id, 2) AS session_id,
    coalesce(tupleElement(s.environment, 2), 'default') AS environment,
    tupleElement(s.release, 2) AS release,
    tupleElement(s.version, 2) AS version,
    coalesce(tupleElement(s.public, 2), false) AS public,
    arraySort(s.tags) AS tags,
    mapFromArrays(arrayMap(e -> tupleElement(e, 1), newest), arrayMap(e -> tupleElement(e, 3), newest)) AS metadata,
    tupleElement(s.input, 2) AS input,
    tupleElement(s.output, 2) AS output,
    s.created_at AS created_at,
    if(last_time = 0, s.created_at, fromUnixTimestamp64Micro(toInt64(bitShiftRight(last_time, 6)) - 2208988800000000, 'UTC')) AS updated_at
FROM trace_states AS s FINAL
SETTINGS use_skip_indexes_if_final = 0, optimize_move_to_prewhere_if_final = 0;

CREATE OR REPLACE VIEW observations AS
WITH
    arrayReverseSort(s.metadata) AS entries,
    arrayReverse(arrayFilter((e, nth) -> nth = 1, entries, arrayEnumerateUniq(arrayMap(e -> tupleElement(e, 1), entries)))) AS newest,
    arrayMax(v -> bitShiftLeft(v, 5), arrayConcat(arrayMap(e -> tupleElement(e, 2), s.metadata), [
        tupleElement(s.type, 1), tupleElement(s.name, 1), tupleElement(s.end_time, 1), tupleElement(s.completion_start_time, 1),
        tupleElement(s.parent_observation_id, 1), tupleElement(s.level, 1), tupleElement(s.status_message, 1), tupleElement(s.version, 1),
        tupleElement(s.input, 1), tupleElement(s.output, 1), tupleElement(s.model, 1), tupleElement(s.model_parameters, 1),
        tupleElement(s.prompt, 1), tupleElement(s.usage_details, 1), tupleElement(s.cost_details, 1)])) AS last_time,
    tupleElement(s.start_time, 2) AS started,
    tupleElement(s.end_time, 2) AS ended,
    mapFromArrays(arrayMap(e -> tupleElement(e, 1), tupleElement(s.cost_details, 2)), arrayMap(e -> tupleElement(e, 2), tupleElement(s.cost_details, 2))) AS costs
SELECT
    s.id AS id,
    s.trace_id AS trace_id,
    s.project_id AS project_id,
    coalesce(tupleElement(s.type, 2), 'SPAN') AS type,
    tupleElement(s.parent_observation_id, 2) AS parent_observation_id,
    started AS start_time,
    if(ended < started, started, ended) AS end_time,
    tupleElement(s.completion_start_time, 2) AS completion_start_time,
    coalesce(tupleElement(s.name, 2), '') AS name,
    coalesce(tupleElement(s.environment, 2), 'default') AS environment,
    coalesce(tupleElement(s.level, 2), 'DEFAULT') AS level,
    tupleElement(s.status_message, 2) AS status_message,
    tupleElement(s.version, 2) AS version,
    tupleElement(s.input, 2) AS input,
    tupleElement(s.output, 2) AS output,
    tupleElement(s.model, 2) AS provided_model_name,
    tupleElement(s.model_parameters, 2) AS model_parameters,
    if(tupleElement(s.prompt, 1) = 0, NULL, tupleElement(tupleElement(s.prompt, 2), 1)) AS prompt_name,
    if(tupleElement(s.prompt, 1) = 0, NULL, tupleElement(tupleElement(s.prompt, 2), 2)) AS prompt_version,
    mapFromArrays(arrayMap(e -> tupleElement(e, 1), tupleElement(s.usage_details, 2)), arrayMap(e -> tupleElement(e, 2), tupleElement(s.usage_details, 2))) AS usage_details,
    costs AS cost_details,
    if(mapContains(costs, 'total'), costs['total'], NULL) AS total_cost,
    mapFromArrays(arrayMap(e -> tupleElement(e, 1), newest), arrayMap(e -> tupleElement(e, 3), newest)) AS metadata,
    if(ended < started, NULL, (toUnixTimestamp64Micro(ended) - toUnixTimestamp64Micro(started)) / 1000000) AS latency,
    (toUnixTimestamp64Micro(tupleElement(s.completion_start_time, 2)) - toUnixTimestamp64Micro(started)) / 1000000 AS time_to_first_token,
    s.created_at AS created_at,
    if(last_time = 0, s.created_at, fromUnixTimestamp64Micro(toInt64(bitShiftRight(last_time, 6)) - 2208988800000000, 'UTC')) AS updated_at
FROM observation_states AS s FINAL
SETTINGS use_skip_indexes_if_final = 0, optimize_move_to_prewhere_if_final = 0;

CREATE OR REPLACE VIEW scores AS
WITH
    arrayReverseSort(s.metadata) AS entries,
    arrayReverse(arrayFilter((e, nth) -> nth = 1, entries, arrayEnumerateUniq(arrayMap(e -> tupleElement(e, 1), entries)))) AS newest,
    arrayMax(v -> bitShiftLeft(v, 5), arrayConcat(arrayMap(e -> tupleElement(e, 2), s.metadata), [
        tupleElement(s.name, 1), tupleElement(s.value, 1), tupleElement(s.string_value, 1), tupleElement(s.long_string_value, 1),
        tupleElement(s.comment, 1), tupleElement(s.data_type, 1), tupleElement(s.source, 1), tupleElement(s.observation_id, 1),
        tupleElement(s.session_id, 1), tupleElement(s.dataset_run_id, 1), tupleElement(s.config_id, 1), tupleElement(s.queue_id, 1),
        tupleElement(s.execution_trace_id, 1)])) AS last_time
SELECT
    s.id AS id,
    s.project_id AS project_id,
    tupleElement(s.timestamp, 2) AS timestamp,
    tupleElement(s.trace_id, 2) AS trace_id,
    tupleElement(s.observation_id, 2) AS observation_id,
    tupleElement(s.session_id, 2) AS session_id,
    tupleElement(s.dataset_run_id, 2) AS dataset_run_id,
    coalesce(tupleElement(s.name, 2), '') AS name,
    coalesce(tupleElement(s.environment, 2), 'default') AS environment,
    coalesce(tupleElement(s.source, 2), 'API') AS source,
    tupleElement(s.data_type, 2) AS data_type,
    tupleElement(s.value, 2) AS value,
    tupleElement(s.string_value, 2) AS string_value,
    tupleElement(s.long_string_value, 2) AS long_string_value,
    tupleElement(s.comment, 2) AS comment,
    tupleElement(s.config_id, 2) AS config_id,
    tupleElement(s.queue_id, 2) AS queue_id,
    tupleElement(s.execution_trace_id, 2) AS execution_trace_id,
    mapFromArrays(arrayMap(e -> tupleElement(e, 1), newest), arrayMap(e -> tupleElement(e, 3), newest)) AS metadata,
    s.created_at AS created_at,
    if(last_time = 0, s.created_at, fromUnixTimestamp64Micro(toInt64(bitShiftRight(last_time, 6)) - 2208988800000000, 'UTC')) AS updated_at
FROM score_states AS s FINAL
SETTINGS use_skip_indexes_if_final = 0, optimize_move_to_prewhere_if_final = 0;
