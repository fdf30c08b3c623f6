using Pipeline.Consumers.Converting;
using Pipeline.Storage.Batches;

namespace Pipeline.Consumers.Rescuing;

/// <summary>What the rescue needs to know of one table of states.</summary>
/// <param name="RowsOf">The table's rows of a batch.</param>
/// <param name="KeyOf">Identity of a row.</param>
/// <param name="NameOf">The identity for people.</param>
/// <param name="SinkTo">A sink that collects this table's states.</param>
internal sealed record EntityTable<TState, TKey>(
    Func<StateBatch, List<TState>> RowsOf,
    Func<TState, TKey> KeyOf,
    Func<TState, string> NameOf,
    Func<Action<TState>, IStateSink> SinkTo)
    where TKey : notnull;
