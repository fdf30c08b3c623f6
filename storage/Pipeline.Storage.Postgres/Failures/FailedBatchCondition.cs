using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace Pipeline.Storage.Postgres.Failures;

/// <summary>A filter as the WHERE of a statement, whose parameters it adds.</summary>
internal sealed class FailedBatchCondition
{
    private readonly List<string> _parts = ["true"];
    private readonly NpgsqlParameterCollection _parameters;

    internal FailedBatchCondition(FailedBatchFilter filter, NpgsqlParameterCollection parameters)
    {
        _parameters = parameters;
        Time("failed_at >= {0}", filter.FailedFrom);
        Time("failed_at < {0}", filter.FailedTo);
        Time("last_received_at >= {0}", filter.ReceivedFrom);
        Time("first_received_at < {0}", filter.ReceivedTo);
        Texts("class = ANY({0})", [.. filter.Classes.Select(Words.Of)]);
        Texts("state = ANY({0})", [.. filter.States.Select(Words.Of)]);
        Texts("reason_names && {0}", filter.Reasons);
        Texts("reason_tables && {0}", filter.Tables);
        Texts("project_ids && {0}", filter.Projects);
        Texts("topics && {0}", filter.Topics);
        if (filter.Codes.Count > 0)
        {
            _parameters.AddNumbers(filter.Codes);
            Part("(code = ANY({0}) OR reason_codes && {0})");
        }

        if (filter.Ids.Count > 0)
        {
            _parameters.Add(NpgsqlDbType.Array | NpgsqlDbType.Uuid, filter.Ids.ToArray());
            Part("batch_id = ANY({0})");
        }
    }

    internal void After(FailedBatchCursor? cursor, bool isNewestFirst)
    {
        if (cursor is not null)
        {
            _parameters.AddTime(cursor.FailedAt);
            _parameters.AddText(cursor.Folder);
            _parts.Add(string.Create(CultureInfo.InvariantCulture, $"(failed_at, folder) {(isNewestFirst ? "<" : ">")} (${_parameters.Count - 1}, ${_parameters.Count})"));
        }
    }

    public override string ToString() => string.Join(" AND ", _parts);

    private void Time(string part, DateTimeOffset? time)
    {
        if (time is not null)
        {
            _parameters.AddTime(time);
            Part(part);
        }
    }

    private void Texts(string part, IReadOnlyList<string> texts)
    {
        if (texts.Count > 0)
        {
            _parameters.AddTexts(texts);
            Part(part);
        }
    }

    private void Part(string part) => _parts.Add(part.Replace("{0}", string.Create(CultureInfo.InvariantCulture, $"${_parameters.Count}"), StringComparison.Ordinal));
}
