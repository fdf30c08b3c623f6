using Microsoft.Extensions.Logging;
using Pipeline.Buffer;
using Pipeline.ServiceDefaults.Health;
using Pipeline.ServiceDefaults.Lifetime;

namespace Pipeline.Gateway.Publishing;

/// <summary>Opens the log in the background once its topic is as it must be, and keeps the readiness condition about it true.</summary>
/// <remarks>The listener is up before: health answers at once, readiness says why not, and appends answer 503 until the log is open.</remarks>
internal sealed class LogOpeningWorker(
    IEventLog log,
    LogGate gate,
    TopicPreflight preflight,
    AppendHealth appends,
    ServiceHealth health,
    TimeProvider clock,
    Random random,
    ExitStatus exitStatus,
    ILogger<LogOpeningWorker> logger) : HostedWorker(exitStatus)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(3);

    private readonly ReadinessCondition _condition = health.AddCondition("log", "the log is not open yet");

    protected override async Task RunAsync(CancellationToken stopping)
    {
        await OpenAsync(stopping);
        gate.Open();
        _condition.Met();
        Log.LogOpened(logger, log.Topic, log.PartitionCount);
        using var timer = new PeriodicTimer(CheckInterval, clock);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            await CheckAsync(stopping);
        }
    }

    private async Task OpenAsync(CancellationToken stopping)
    {
        var pause = FirstPause;
        while (true)
        {
            try
            {
                // Opened again with every attempt: mending a topic may change the number of its partitions.
                await log.OpenAsync(stopping);
                if (await preflight.WhyNotAsync(stopping) is not { } reason)
                {
                    return;
                }

                _condition.NotMet(reason);
                Log.TopicNotFit(logger, reason, pause.TotalSeconds);
            }
            catch (EventLogUnavailableException unavailable)
            {
                _condition.NotMet("the log cannot be opened");
                Log.LogNotOpened(logger, log.Topic, unavailable.Message, pause.TotalSeconds);
            }

            // Half to full pause: gateways that start together do not knock together.
            await Task.Delay(pause * (0.5 + (random.NextDouble() / 2)), clock, stopping);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
        }
    }

    private async Task CheckAsync(CancellationToken stopping)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        deadline.CancelAfter(CheckTimeout);
        var isReachable = false;
        try
        {
            isReachable = await log.IsReachableAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            // No answer in time is an answer.
        }

        if (!isReachable)
        {
            _condition.NotMet("the log cannot be reached or takes no appends");
        }
        else if (appends.AreFailing)
        {
            _condition.NotMet("the log does not confirm appends");
        }
        else
        {
            _condition.Met();
        }
    }
}
