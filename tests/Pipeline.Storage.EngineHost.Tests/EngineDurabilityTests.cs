using System.Globalization;
using System.Text;
using Pipeline.Testing.Engine;
using Pipeline.Testing.Faults;
using Xunit.Abstractions;

namespace Pipeline.Storage.EngineHost.Tests;

/// <summary>The host is killed under inserts: what was confirmed is there whole, and nothing is there in part.</summary>
[Trait("Needs", "Engine")]
public sealed class EngineDurabilityTests(ITestOutputHelper output)
{
    private const int RowsPerInsert = 100;

    [EngineFact]
    [Trait(FaultSeed.Trait, FaultSeed.Honoured)]
    public async Task Confirmed_inserts_survive_kills_whole()
    {
        if (EngineProcess.IsExternal)
        {
            return;
        }

        var random = new Random(FaultSeed.Choose(output));
        await using var engine = await EngineProcess.StartAsync();
        using var http = new HttpClient { BaseAddress = engine.Address, Timeout = TimeSpan.FromSeconds(10) };
        await SendAsync(http, "", "CREATE TABLE t (batch UInt32, row UInt32) ENGINE = MergeTree ORDER BY (batch, row)");
        var confirmed = new List<int>();
        var interrupted = 0;
        var batch = 0;
        for (var round = 0; round < 5; round++)
        {
            var killAfter = Task.Delay(random.Next(50, 400));
            var inserting = Task.Run(async () =>
            {
                while (await TryInsertAsync(http, ++batch))
                {
                    confirmed.Add(batch);
                }

                interrupted++;
            });
            await killAfter;
            await engine.KillAsync();
            await inserting;
            await engine.RestartAsync();
        }

        output.WriteLine($"{confirmed.Count} inserts confirmed, {interrupted} interrupted");
        Assert.Equal(5, interrupted);
        var counts = (await SendAsync(http, "", "SELECT batch, count() FROM t GROUP BY batch FORMAT TSV")).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('\t'))
            .ToDictionary(cells => int.Parse(cells[0], CultureInfo.InvariantCulture), cells => int.Parse(cells[1], CultureInfo.InvariantCulture));
        Assert.All(counts.Values, rows => Assert.Equal(RowsPerInsert, rows));
        Assert.All(confirmed, number => Assert.Contains(number, counts.Keys));
    }

    [EngineFact]
    public async Task A_second_host_on_the_same_folder_is_refused()
    {
        if (EngineProcess.IsExternal)
        {
            return;
        }

        await using var engine = await EngineProcess.StartAsync();

        var refused = Assert.Throws<EngineStartException>(() => Engine.Open(new EngineOptions { DataFolder = engine.DataFolder, LibraryPath = EngineProcess.LibraryPath }));

        Assert.Contains("another engine host", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<bool> TryInsertAsync(HttpClient http, int batch)
    {
        var rows = new StringBuilder();
        for (var row = 0; row < RowsPerInsert; row++)
        {
            rows.Append(CultureInfo.InvariantCulture, $"{batch}\t{row}\n");
        }

        try
        {
            await SendAsync(http, "INSERT INTO t FORMAT TSV", rows.ToString());
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task<string> SendAsync(HttpClient http, string query, string body)
    {
        using var content = new StringContent(body);
        using var answer = await http.PostAsync(new Uri("/?query=" + Uri.EscapeDataString(query), UriKind.Relative), content);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return text;
    }
}
