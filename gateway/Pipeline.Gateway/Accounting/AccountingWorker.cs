using System.Text;
using Microsoft.Extensions.Logging;
using Pipeline.Buffer;
using Pipeline.Gateway.Publishing;
using Pipeline.Schemas;
using Pipeline.Schemas.Records;
using Pipeline.ServiceDefaults;
using Pipeline.ServiceDefaults.Lifetime;

namespace Pipeline.Gateway.Accounting;

/// <summary>Appends the ledger's changed totals to the log, every two seconds and once more when the host stops.</summary>
/// <remarks>
/// A report that the log did not confirm is not repeated as it was: the next one carries the then current totals under a higher
/// sequence, and a reader keeps the highest. So a lost, late or doubled report changes nothing. The host stops its listener before this
/// worker, so that the last report has every answered request.
/// </remarks>
internal sealed class AccountingWorker(
    GatewayLedger ledger,
    IEventLog log,
    LogGate gate,
    ServiceIdentity identity,
    GatewayOptions options,
    GatewayMetrics metrics,
    TimeProvider clock,
    ExitStatus exitStatus,
    ILogger<AccountingWorker> logger) : HostedWorker(exitStatus)
{
    // About 60 bytes an account: well below every broker's default limit of 1 MB a record.
    private const int MaxAccountsPerRecord = 5_000;

    private static readonly TimeSpan LastReportTimeout = TimeSpan.FromSeconds(4);

    private long _sequence;

    /// <summary>Reports once; false when at least one record was not confirmed.</summary>
    internal async Task<bool> ReportAsync(CancellationToken cancellationToken)
    {
        var accounts = ledger.Unreported();
        var isConfirmed = true;
        for (var start = 0; start < accounts.Count; start += MaxAccountsPerRecord)
        {
            var part = accounts.GetRange(start, Math.Min(MaxAccountsPerRecord, accounts.Count - start));
            isConfirmed &= await ReportPartAsync(part, cancellationToken);
        }

        ledger.Forget(UnixMicros.Now(clock));
        return isConfirmed;
    }

    protected override async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            using var timer = new PeriodicTimer(options.AccountingInterval, clock);
            while (await timer.WaitForNextTickAsync(stopping))
            {
                if (gate.IsOpen)
                {
                    await ReportAsync(stopping);
                }
            }
        }
        finally
        {
            await ReportLastAsync();
        }
    }

    private async Task ReportLastAsync()
    {
        if (ledger.Unreported().Count == 0 || !gate.IsOpen)
        {
            return;
        }

        using var deadline = new CancellationTokenSource(LastReportTimeout);
        try
        {
            if (!await ReportAsync(deadline.Token))
            {
                Log.LastAccountsNotReported(logger, ledger.Unreported().Count);
            }
        }
        catch (OperationCanceledException)
        {
            Log.LastAccountsNotReported(logger, ledger.Unreported().Count);
        }
    }

    private async Task<bool> ReportPartAsync(List<GatewayAccount> accounts, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var record = new BufferRecord
        {
            RecordId = Guid.CreateVersion7(now),
            ProjectId = AccountingProject.Id,
            ReceivedAtMicros = UnixMicros.From(now),
            PayloadKind = PayloadKind.GatewayAccounts,
            EventCount = 0,
            SdkName = "pipeline-gateway",
            SdkVersion = identity.Version,
            InstanceId = identity.InstanceId,
            Payload = GatewayAccountsCodec.Encode(new GatewayAccounts(identity.InstanceId, ++_sequence, accounts)),
        };
        var partition = PartitionRule.PartitionOf(Encoding.UTF8.GetBytes(identity.InstanceId), log.PartitionCount);
        var headers = new RecordHeaders(SchemaVersion.Current.ToString(), null);
        if (!await AppendAsync(partition, headers, BufferRecordCodec.Encode(record), cancellationToken))
        {
            metrics.AccountReportFailed();
            return false;
        }

        ledger.Confirm(accounts);
        return true;
    }

    // A log that never answers must not hold the loop: the next report carries the same totals.
    private async Task<bool> AppendAsync(int partition, RecordHeaders headers, byte[] value, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(options.AppendTimeout);
        try
        {
            var result = await log.AppendAsync(partition, identity.InstanceId, headers, value, deadline.Token);
            return result.Outcome == AppendOutcome.Appended;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
