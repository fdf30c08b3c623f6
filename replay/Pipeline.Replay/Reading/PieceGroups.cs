using System.Runtime.CompilerServices;
using Pipeline.Storage.Replays;

namespace Pipeline.Replay.Reading;

/// <summary>Reads pieces in groups: many small ones share a comparison with the store, and a group's memory is bounded.</summary>
internal static class PieceGroups
{
    // A comparison costs about the same for one record as for hundreds; four groups of this size are well below a batch of the writer's limit.
    private const int MaxRecords = 1_000;
    private const long MaxBytes = 16L * 1024 * 1024;

    /// <summary>Reads them in order; what cannot be read is named beside what can.</summary>
    internal static async IAsyncEnumerable<(IReadOnlyList<(TPiece Piece, PieceContent Content)> Contents, IReadOnlyList<(TPiece Piece, string Error)> Refused)> ReadAsync<TPiece>(
        PieceReader reader, IReadOnlyList<TPiece> pieces, Func<TPiece, ReplaySource> sourceOf, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var contents = new List<(TPiece, PieceContent)>();
        var refused = new List<(TPiece, string)>();
        var (records, bytes) = (0, 0L);
        for (var at = 0; at < pieces.Count; at++)
        {
            try
            {
                var content = await reader.ReadAsync(sourceOf(pieces[at]), cancellationToken);
                contents.Add((pieces[at], content));
                records += content.Records.Count;
                bytes += content.Records.Sum(record => (long)record.Value.Length);
            }
            catch (PieceRefusedException refusal)
            {
                refused.Add((pieces[at], refusal.Message));
            }

            if (records >= MaxRecords || bytes >= MaxBytes || at == pieces.Count - 1)
            {
                yield return (contents, refused);
                (contents, refused) = ([], []);
                (records, bytes) = (0, 0);
            }
        }
    }
}
