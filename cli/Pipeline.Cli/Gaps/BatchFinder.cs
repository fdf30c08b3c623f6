using System.Globalization;
using Pipeline.Storage.Failures;
using Pipeline.Storage.Postgres.Failures;

namespace Pipeline.Cli.Gaps;

/// <summary>Finds the failed batch that holds a record: by the ranges in the manifests, and where those leave a doubt by the records themselves.</summary>
internal sealed class BatchFinder
{
    private readonly FailureStore _failures;
    private readonly ILookup<(string Topic, int Partition), (SourceRange Range, FailedBatchManifest Manifest)> _ranges;
    private readonly Dictionary<Guid, HashSet<string>> _opened = [];

    /// <param name="failures">The failure store.</param>
    /// <param name="rows">The batches that may hold a record.</param>
    internal BatchFinder(FailureStore failures, IEnumerable<FailedBatchRow> rows)
    {
        _failures = failures;

        // What was not replayed yet first, and of those the oldest.
        _ranges = rows
            .Where(row => row is { Manifest: not null, State: not FailedBatchState.Damaged })
            .OrderBy(row => row.State == FailedBatchState.Replayed).ThenBy(row => row.FailedAt).ThenBy(row => row.Folder, StringComparer.Ordinal)
            .SelectMany(row => row.Manifest!.Sources, (row, range) => (Range: range, Manifest: row.Manifest!))
            .ToLookup(entry => (entry.Range.Topic, entry.Range.Partition));
    }

    /// <summary>The batch; null when none that is whole holds the record.</summary>
    internal async ValueTask<FailedBatchManifest?> FindAsync(FailedRecordLine record, CancellationToken cancellationToken)
    {
        foreach (var place in record.Places)
        {
            var (partition, offset) = (place.LastIndexOf('/', place.LastIndexOf('/') - 1), place.LastIndexOf('/'));
            var number = long.Parse(place.AsSpan(offset + 1), CultureInfo.InvariantCulture);
            foreach (var (range, manifest) in _ranges[(place[..partition], int.Parse(place.AsSpan((partition + 1)..offset), CultureInfo.InvariantCulture))])
            {
                if (number >= range.FirstOffset && number <= range.LastOffset
                    && (range.Records == range.LastOffset - range.FirstOffset + 1 || (await OpenAsync(manifest, cancellationToken)).Contains(place)))
                {
                    return manifest;
                }
            }
        }

        return null;
    }

    private async ValueTask<HashSet<string>> OpenAsync(FailedBatchManifest manifest, CancellationToken cancellationToken)
    {
        if (!_opened.TryGetValue(manifest.BatchId, out var places))
        {
            places = _opened[manifest.BatchId] = new HashSet<string>(StringComparer.Ordinal);
            try
            {
                foreach (var record in await _failures.ReadAsync(manifest, cancellationToken))
                {
                    places.Add(string.Create(CultureInfo.InvariantCulture, $"{record.Topic}/{record.Partition}/{record.Offset}"));
                }
            }
            catch (FailedBatchDamagedException)
            {
                // It is no source then, and `pipeline failed verify` says what is wrong with it.
                places.Clear();
            }
        }

        return places;
    }
}
