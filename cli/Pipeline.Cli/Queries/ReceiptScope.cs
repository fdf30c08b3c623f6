using System.Globalization;
using Pipeline.Buffer;

namespace Pipeline.Cli.Queries;

/// <summary>Which receipts count: those of live records below what their group has committed, and all of replayed records.</summary>
/// <remarks>
/// Live records from there on are counted as in flight. Replayed ones are never in flight: until they are stored they are failed, and a receipt is only
/// written once they are stored, also when the replay topic was made anew since.
/// </remarks>
/// <param name="LiveTopic">Topic of live records.</param>
/// <param name="Live">Where its group stands.</param>
/// <param name="ReplayTopic">Topic of replayed records.</param>
internal sealed record ReceiptScope(string LiveTopic, IReadOnlyList<PartitionPosition> Live, string ReplayTopic)
{
    /// <summary>The condition on a row of <c>receipts</c>.</summary>
    internal const string Condition =
        "(topic = {live:String} AND offset < transform(partition, {live_partitions:Array(UInt32)}, {live_committed:Array(UInt64)}, toUInt64(0)) "
        + "OR topic = {replay:String})";

    /// <summary>Orders the receipts of a record. What an attempt stored once is stored, whatever became of it at another place or a second time.</summary>
    internal const string Order = "(attempt, stored)";

    /// <summary>Adds what the condition needs.</summary>
    internal Dictionary<string, string> AddTo(Dictionary<string, string> parameters)
    {
        parameters["live"] = LiveTopic;
        parameters["live_partitions"] = Texts(Live.Select(position => (long)position.Partition));
        parameters["live_committed"] = Texts(Live.Select(position => position.CommittedOffset ?? 0));
        parameters["replay"] = ReplayTopic;
        return parameters;
    }

    private static string Texts(IEnumerable<long> numbers) => $"[{string.Join(',', numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)))}]";
}
