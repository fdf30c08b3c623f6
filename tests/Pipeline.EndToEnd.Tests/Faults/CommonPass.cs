using System.Text.Json;
using Pipeline.Storage.ClickHouse;
using Pipeline.Testing.Time;
using Xunit.Abstractions;

namespace Pipeline.EndToEnd.Tests.Faults;

/// <summary>What every fault must leave behind: nothing lost, nothing visible twice, nothing invented, and a ledger that is exact.</summary>
internal static class CommonPass
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(60);

    /// <summary>Waits until an event that is acknowledged from now on is visible: the recovery that people feel.</summary>
    internal static async Task AssertVisibleAgainAsync(Traffic traffic, StoredRows rows)
    {
        var before = traffic.Acknowledged.ToHashSet(StringComparer.Ordinal);
        await Until.ValueAsync<bool>("an event acknowledged after the fault to be visible", DrainLimit, async () =>
        {
            var since = traffic.Acknowledged.Where(id => !before.Contains(id)).ToList();
            if (since.Count == 0)
            {
                return null;
            }

            try
            {
                return await rows.IsAnyVisibleAsync(since) ? true : null;
            }
            catch (ClickHouseException)
            {
                return null;
            }
        });
    }

    /// <summary>Checks it all, once the traffic has stopped.</summary>
    internal static async Task AssertAsync(
        Func<Task<(int ExitCode, string Output, string Error)>> readLedgerAsync, Traffic traffic, StoredRows rows, ITestOutputHelper output)
    {
        await AssertLedgerClosesAsync(readLedgerAsync, output);
        var visible = await rows.ObservationsAsync();
        output.WriteLine($"{traffic.Acknowledged.Count} observations acknowledged, {visible.Count} visible, {traffic.Retries} requests sent again");
        Assert.NotEmpty(traffic.Acknowledged);
        Assert.DoesNotContain(traffic.Acknowledged, id => !visible.ContainsKey(id));
        Assert.DoesNotContain(visible, entry => entry.Value != (1L, 1L));
        Assert.DoesNotContain(visible.Keys, id => !traffic.IsSent(id));
    }

    /// <summary>Waits until the ledger has no gap and nothing in flight.</summary>
    internal static async Task AssertLedgerClosesAsync(Func<Task<(int ExitCode, string Output, string Error)>> readLedgerAsync, ITestOutputHelper output)
    {
        var last = "";
        try
        {
            await Until.ValueAsync<bool>("the ledger to be closed", DrainLimit, async () =>
            {
                var (exitCode, json, error) = await readLedgerAsync();
                last = $"exit code {exitCode}: {json}{error}";
                if (exitCode != 0)
                {
                    return null;
                }

                using var ledger = JsonDocument.Parse(json);
                return ledger.RootElement.GetProperty("in_flight").GetBoolean() ? null : true;
            });
        }
        catch
        {
            output.WriteLine(last);
            throw;
        }
    }
}
