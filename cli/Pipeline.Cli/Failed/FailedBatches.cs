using System.CommandLine;
using System.Globalization;
using System.Runtime.CompilerServices;
using Pipeline.Cli.Commands;
using Pipeline.Cli.Composition;
using Pipeline.Storage.Postgres.Failures;

namespace Pipeline.Cli.Failed;

/// <summary>The failed batches as a command sees them: the index, brought up to date first.</summary>
internal static class FailedBatches
{
    private const int PageSize = 500;

    /// <summary>The index after it followed the failure store; says on stderr when that takes its time.</summary>
    internal static async Task<FailedBatchIndex> OpenAsync(Adapters adapters, CancellationToken cancellationToken)
    {
        await adapters.FailedBatchSync.FollowAsync(Progress("index"), cancellationToken);
        return adapters.FailedBatches;
    }

    /// <summary>Tells on stderr how many were looked at, each time it is a thousand more.</summary>
    internal static Action<long> Progress(string what)
    {
        var told = 0L;
        return count =>
        {
            if (count / 1000 > told)
            {
                told = count / 1000;
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {count} batches"));
            }
        };
    }

    /// <summary>The batches that pass the filter, page by page.</summary>
    internal static async IAsyncEnumerable<FailedBatchRow> ReadAsync(
        FailedBatchIndex index, FailedBatchFilter filter, int limit, bool isNewestFirst, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        FailedBatchCursor? cursor = null;
        for (var left = limit; left > 0;)
        {
            var page = await index.ListAsync(filter, cursor, Math.Min(PageSize, left), isNewestFirst, cancellationToken);
            foreach (var row in page)
            {
                yield return row;
            }

            if (page.Count == 0)
            {
                yield break;
            }

            left -= page.Count;
            cursor = FailedBatchCursor.Behind(page[^1]);
        }
    }

    /// <summary>Fails with the first id that is of no batch.</summary>
    internal static async Task RequireAsync(FailedBatchIndex index, IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        foreach (var id in ids)
        {
            if ((await index.ListAsync(new FailedBatchFilter { Ids = [id] }, null, 1, isNewestFirst: false, cancellationToken)).Count == 0)
            {
                throw new CliException($"there is no failed batch {id}; `pipeline failed list` shows those there are") { ExitCode = ExitCode.NotFound };
            }
        }
    }

    /// <summary>A positive number.</summary>
    internal static int LimitOf(ParseResult parsed, Option<int> option) => parsed.GetValue(option) is var limit and > 0
        ? limit
        : throw new CliException($"{option.Name} is {parsed.GetValue(option)}; it must be above zero") { ExitCode = ExitCode.Usage };
}
