using Microsoft.Extensions.Logging;
using Pipeline.Buffer;
using Pipeline.Consumers.Reading;
using Pipeline.Testing.Gateway;
using Pipeline.Testing.Logging;

namespace Pipeline.Consumers.Tests.Reading;

public sealed class TopicPreflightTests
{
    [Fact]
    public async Task Findings_are_logged_once_after_the_log_answered()
    {
        var log = new ScriptedEventLog
        {
            IsDown = true,
            Findings = [new(TopicFindingSeverity.Error, "replication.factor", "too few copies"), new(TopicFindingSeverity.Warning, "min.insync.replicas", "one copy")],
        };
        var logger = new RecordingLogger<TopicPreflight>();
        var preflight = new TopicPreflight(log, new TopicSpec("scripted", 4), logger);

        await Assert.ThrowsAsync<EventLogUnavailableException>(() => preflight.RunOnceAsync(CancellationToken.None));
        log.IsDown = false;
        await preflight.RunOnceAsync(CancellationToken.None);
        await preflight.RunOnceAsync(CancellationToken.None);

        Assert.Equal(
            [(LogLevel.Error, "gateways refuse events until this is mended: too few copies"), (LogLevel.Warning, "one copy")],
            logger.Lines);
    }
}
