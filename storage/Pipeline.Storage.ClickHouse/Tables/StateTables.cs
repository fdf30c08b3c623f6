using Pipeline.Schemas;
using Pipeline.Storage.States;

namespace Pipeline.Storage.ClickHouse.Tables;

/// <summary>The tables of entity states, column for column as <c>0001_states.sql</c> has them.</summary>
internal static class StateTables
{
    internal static readonly Table<ObservationState> Observations = new("observation_states",
    [
        Columns.Key<ObservationState>("project_id", row => row.Key.ProjectId),
        Columns.Key<ObservationState>("trace_id", row => row.Key.TraceId),
        Columns.Key<ObservationState>("id", row => row.Key.Id),
        Columns.Day<ObservationState>("ingest_day", row => row.CreatedAtMicros),
        Columns.Earliest<ObservationState>("created_at", row => row.CreatedAtMicros),
        RegisterColumns.Text<ObservationState>("type", row => row.Type, unset: "'SPAN'"),
        RegisterColumns.Text<ObservationState>("name", row => row.Name, unset: "''"),
        RegisterColumns.Time<ObservationState>("start_time", row => row.StartTime),
        RegisterColumns.Time<ObservationState>("end_time", row => row.EndTime) with { Shown = EndShown },
        RegisterColumns.Time<ObservationState>("completion_start_time", row => row.CompletionStartTime),
        RegisterColumns.Text<ObservationState>("parent_observation_id", row => row.ParentObservationId),
        RegisterColumns.Text<ObservationState>("environment", row => row.Environment, unset: "'default'"),
        RegisterColumns.Text<ObservationState>("level", row => row.Level, unset: "'DEFAULT'"),
        RegisterColumns.Text<ObservationState>("status_message", row => row.StatusMessage),
        RegisterColumns.Text<ObservationState>("version", row => row.AppVersion),
        RegisterColumns.Text<ObservationState>("input", row => row.Input),
        RegisterColumns.Text<ObservationState>("output", row => row.Output),
        RegisterColumns.Text<ObservationState>("model", row => row.Model),
        RegisterColumns.Text<ObservationState>("model_parameters", row => row.ModelParameters),
        RegisterColumns.Prompt<ObservationState>("prompt", row => row.Prompt),
        RegisterColumns.Usage<ObservationState>("usage_details", row => row.UsageDetails),
        RegisterColumns.Cost<ObservationState>("cost_details", row => row.CostDetails),
        Columns.Metadata<ObservationState>("metadata", row => row.Metadata),
    ]);

    internal static readonly Table<TraceState> Traces = new("trace_states",
    [
        Columns.Key<TraceState>("project_id", row => row.Key.ProjectId),
        Columns.Key<TraceState>("trace_id", row => row.Key.TraceId),
        Columns.Day<TraceState>("ingest_day", row => row.CreatedAtMicros),
        Columns.Earliest<TraceState>("created_at", row => row.CreatedAtMicros),
        RegisterColumns.Time<TraceState>("timestamp", row => row.Timestamp),
        RegisterColumns.Text<TraceState>("name", row => row.Name),
        RegisterColumns.Text<TraceState>("user_id", row => row.UserId),
        RegisterColumns.Text<TraceState>("session_id", row => row.SessionId),
        RegisterColumns.Text<TraceState>("environment", row => row.Environment, unset: "'default'"),
        RegisterColumns.Text<TraceState>("release", row => row.Release),
        RegisterColumns.Text<TraceState>("version", row => row.AppVersion),
        RegisterColumns.Bool<TraceState>("public", row => row.IsPublic, unset: "false"),
        RegisterColumns.Text<TraceState>("input", row => row.Input),
        RegisterColumns.Text<TraceState>("output", row => row.Output),
        Columns.Tags<TraceState>("tags", row => row.Tags),
        Columns.Metadata<TraceState>("metadata", row => row.Metadata),
    ]);

    internal static readonly Table<ScoreState> Scores = new("score_states",
    [
        Columns.Key<ScoreState>("project_id", row => row.Key.ProjectId),
        Columns.Key<ScoreState>("id", row => row.Key.Id),
        Columns.Day<ScoreState>("ingest_day", row => row.CreatedAtMicros),
        Columns.Earliest<ScoreState>("created_at", row => row.CreatedAtMicros),
        RegisterColumns.Time<ScoreState>("timestamp", row => row.Timestamp),
        RegisterColumns.Text<ScoreState>("trace_id", row => row.TraceId),
        RegisterColumns.Text<ScoreState>("observation_id", row => row.ObservationId),
        RegisterColumns.Text<ScoreState>("session_id", row => row.SessionId),
        RegisterColumns.Text<ScoreState>("dataset_run_id", row => row.DatasetRunId),
        RegisterColumns.Text<ScoreState>("name", row => row.Name, unset: "''"),
        RegisterColumns.Text<ScoreState>("environment", row => row.Environment, unset: "'default'"),
        RegisterColumns.Text<ScoreState>("source", row => row.Source, unset: "'API'"),
        RegisterColumns.Text<ScoreState>("data_type", row => row.DataType),
        RegisterColumns.Double<ScoreState>("value", row => row.Value),
        RegisterColumns.Text<ScoreState>("string_value", row => row.StringValue),
        RegisterColumns.Text<ScoreState>("long_string_value", row => row.LongStringValue),
        RegisterColumns.Text<ScoreState>("comment", row => row.Comment),
        RegisterColumns.Text<ScoreState>("config_id", row => row.ConfigId),
        RegisterColumns.Text<ScoreState>("queue_id", row => row.QueueId),
        RegisterColumns.Text<ScoreState>("execution_trace_id", row => row.ExecutionTraceId),
        Columns.Metadata<ScoreState>("metadata", row => row.Metadata),
    ]);

    // An end before the start is shown as the start, with no latency.
    private static string EndShown(string prefix)
    {
        var isBefore = $"tupleElement({prefix}end_time, 2) < tupleElement({prefix}start_time, 2)";
        return $"({isBefore}, if({isBefore}, NULL, tupleElement({prefix}end_time, 2)))";
    }
}
