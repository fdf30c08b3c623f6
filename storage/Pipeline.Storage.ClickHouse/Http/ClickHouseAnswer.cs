namespace Pipeline.Storage.ClickHouse.Http;

/// <summary>What one statement came to.</summary>
/// <param name="Error">What went wrong, for an operator; null when the statement succeeded.</param>
/// <param name="Code">ClickHouse's error code; 0 when it gave none, for example because it did not answer.</param>
/// <param name="WrittenRows">Rows written, from the summary header; -1 when there was none.</param>
/// <param name="Body">The result.</param>
internal sealed record ClickHouseAnswer(string? Error, int Code, long WrittenRows, byte[] Body)
{
    /// <summary>Whether there was no answer in time; the server may still be at it.</summary>
    internal bool IsTimeout { get; init; }

    internal static ClickHouseAnswer Failed(int code, string error) => new(error, code, -1, []);
}
