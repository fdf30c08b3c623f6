using Pipeline.Buffer;
using Pipeline.Gateway.Accounting;
using Pipeline.Gateway.Tests.BadInputs;
using Pipeline.Schemas;
using Pipeline.Schemas.Records;
using Pipeline.ServiceDefaults;
using Pipeline.Testing.Gateway;
using Pipeline.Testing.Time;

namespace Pipeline.Gateway.Tests;

public sealed class AccountingTests
{
    [Fact]
    public async Task Totals_count_acknowledged_events_only_and_survive_failed_reports()
    {
        var clock = new ManualTimeProvider();
        await using var gateway = await GatewayFixture.StartAsync(clock: clock);
        await PostAsync(gateway, "a", "b");
        gateway.Log.Script = _ => AppendOutcome.Unavailable;
        await PostAsync(gateway, "c");
        Assert.False(await ReportAsync(gateway));

        gateway.Log.Script = null;
        await PostAsync(gateway, "d");
        Assert.True(await ReportAsync(gateway));
        Assert.True(await ReportAsync(gateway));

        var report = Assert.Single(gateway.Reports);
        Assert.True(report.Sequence >= 2, "a failed report uses up its sequence");
        Assert.Equal(new GatewayAccount(TestKeys.ProjectId, UnixMicros.FloorToMinute(UnixMicros.Now(clock)), 3), Assert.Single(report.Accounts));
        Assert.All(gateway.Log.Appended.Where(append => append.Record.PayloadKind == PayloadKind.GatewayAccounts), append =>
        {
            Assert.Equal(AccountingProject.Id, append.Record.ProjectId);
            Assert.Equal(report.InstanceId, append.Key);
            Assert.Equal(PartitionRule.PartitionOf(System.Text.Encoding.UTF8.GetBytes(report.InstanceId), 4), append.Partition);
        });
    }

    [Fact]
    public async Task Later_totals_of_a_minute_replace_earlier_ones()
    {
        var clock = new ManualTimeProvider();
        await using var gateway = await GatewayFixture.StartAsync(clock: clock);
        await PostAsync(gateway, "a");
        await ReportAsync(gateway);
        await PostAsync(gateway, "b", "c");
        clock.Advance(TimeSpan.FromMinutes(1));
        await PostAsync(gateway, "d");
        await ReportAsync(gateway);

        var totals = gateway.Reports
            .OrderBy(report => report.Sequence)
            .SelectMany(report => report.Accounts)
            .GroupBy(account => account.MinuteMicros)
            .OrderBy(minute => minute.Key)
            .Select(minute => minute.Last().Acknowledged);

        Assert.Equal([3L, 1L], totals);
    }

    [Fact]
    public async Task A_log_that_never_answers_does_not_hold_the_reports()
    {
        await using var gateway = await GatewayFixture.StartAsync(options => options.AppendTimeout = TimeSpan.FromMilliseconds(200));
        await PostAsync(gateway, "a");
        gateway.Log.IsSilent = true;

        Assert.False(await ReportAsync(gateway).WaitAsync(TimeSpan.FromSeconds(5)));

        gateway.Log.IsSilent = false;
        Assert.True(await ReportAsync(gateway));
    }

    [Fact]
    public async Task A_log_that_opens_late_does_not_stop_the_gateway()
    {
        var log = new ScriptedEventLog { IsDown = true };
        await using var gateway = await GatewayFixture.StartAsync(options => options.AccountingInterval = TimeSpan.FromMilliseconds(100), log: log);

        await Assert.ThrowsAsync<TimeoutException>(() => gateway.Host.WaitForShutdownAsync().WaitAsync(TimeSpan.FromSeconds(1)));

        log.IsDown = false;
        await gateway.WaitUntilReadyAsync();
        await PostAsync(gateway, "a");
        await Eventually.IsTrueAsync(() => Task.FromResult(gateway.Reports.Any()), "the totals are reported");
        Assert.Equal(0, gateway.Host.ExitCode);
    }

    [Fact]
    public async Task The_last_report_has_every_answered_request()
    {
        var gateway = await GatewayFixture.StartAsync(options => options.AccountingInterval = TimeSpan.FromMinutes(1));
        await using (gateway)
        {
            await Task.WhenAll(Enumerable.Range(0, 30).Select(index => PostAsync(gateway, $"e{index}")));
        }

        Assert.Equal(30, gateway.Reports.SelectMany(report => report.Accounts).Sum(account => account.Acknowledged));
    }

    [Fact]
    public void A_minute_is_forgotten_ten_minutes_after_the_log_has_its_total()
    {
        var ledger = new GatewayLedger(ServiceIdentity.Of("gateway", typeof(AccountingTests).Assembly));
        ledger.Acknowledge("p", 0, 5);
        ledger.Forget(60 * UnixMicros.PerMinute);
        Assert.Equal(1, ledger.Count);

        ledger.Confirm(ledger.Unreported());
        ledger.Forget(10 * UnixMicros.PerMinute);
        Assert.Equal(1, ledger.Count);

        ledger.Forget(12 * UnixMicros.PerMinute);
        Assert.Equal(0, ledger.Count);
    }

    private static async Task<bool> ReportAsync(GatewayFixture gateway) =>
        await ((AccountingWorker)gateway.Host.Services.GetService(typeof(AccountingWorker))!).ReportAsync(CancellationToken.None);

    private static async Task PostAsync(GatewayFixture gateway, params string[] ids) =>
        await gateway.Client.SendAsync(Requests.Post(Requests.Ingestion, Requests.Batch([.. ids.Select(id => Requests.Event(id))])));
}
