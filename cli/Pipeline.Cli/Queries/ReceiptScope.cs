using System.Globalization;
using Pipeline.Buffer;

namespace Pipeline.Cli.Queries;

/// <summary>Which receipts count: those of live and of replayed records, each below what the group of its topic has committed.</summary>
/// <param name="LiveTopic">Topic of live records.</param>
/// <param name="Live">Where its group stands.</param>
/// <param name="ReplayTopic">Topic of replayed records.</param>
/// <param name="Replay">Where its group stands.</param>
internal sealed record ReceiptScope(string LiveTopic, IReadOnlyList<PartitionPosition> Live, string ReplayTopic, IReadOnlyList<PartitionPosition> Replay)
{
    /// <summary>The condition on a row of <c>receipts</c>.</summary>
    internal const string Condition =
        "(topic = {live:String} AND offset < transform(partition, {live_partitions:Array(UInt32)}, {live_committed:Array(UInt64)}, toUInt64(0)) "
        + "OR topic = {replay:String} AND offset < transform(partition, {replay_partitions:Array(UInt32)}, {replay_committed:Array(UInt64)}, toUInt64(0)))";

    /// <summary>Orders the receipts of a record. What an attempt stored once is stored, whatever became of it at another place or a second time.</summary>
    internal const string Order = "(attempt, stored)";

    /// <summary>Adds what the condition needs.</summary>
    internal Dictionary<string, string> AddTo(Dictionary<string, string> parameters)
    {
        parameters["live"] = LiveTopic;
        parameters["live_partitions"] = Texts(Live.Select(position => (long)position.Partition));
        parameters["live_committed"] = Texts(Live.Select(position => position.CommittedOffset ?? 0));
        parameters["replay"] = ReplayTopic;
        parameters["replay_partitions"] = Texts(Replay.Select(position => (long)position.Partition));
        parameters["replay_committed"] = Texts(Replay.Select(position => position.CommittedOffset ?? 0));
        return parameters;
    }

    private static string Texts(IEnumerable<long> numbers) => $"[{string.Join(',', numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)))}]";
}
