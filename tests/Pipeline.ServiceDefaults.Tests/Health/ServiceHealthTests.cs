using Pipeline.ServiceDefaults.Health;
using Pipeline.Testing.Time;

namespace Pipeline.ServiceDefaults.Tests.Health;

public sealed class ServiceHealthTests
{
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void A_process_is_ready_once_every_condition_holds_and_until_it_stops()
    {
        var health = new ServiceHealth(_clock);
        var log = health.AddCondition("log", "not open yet");
        var store = health.AddCondition("store", "not asked yet");
        Assert.Equal([new HealthReason("log", "not open yet"), new HealthReason("store", "not asked yet")], health.WhyNotReady());

        log.Met();
        Assert.False(health.IsReady);
        store.Met();
        Assert.True(health.IsReady);
        log.NotMet("it went away");
        Assert.Equal([new HealthReason("log", "it went away")], health.WhyNotReady());

        log.Met();
        health.BeginStopping();
        Assert.False(health.IsReady);
        Assert.Equal([new HealthReason("lifetime", "the process is stopping")], health.WhyNotReady());
    }

    [Fact]
    public void A_loop_that_is_silent_for_too_long_ends_liveness_and_another_beat_restores_it()
    {
        var health = new ServiceHealth(_clock);
        var quick = health.AddHeartbeat("quick", TimeSpan.FromSeconds(10));
        health.AddHeartbeat("slow", TimeSpan.FromMinutes(10));

        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.True(health.IsLive);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(health.IsLive);
        Assert.Equal([new HealthReason("quick", "no progress for 11 s; at most 10 s are normal")], health.WhyNotLive());

        quick.Beat();
        Assert.True(health.IsLive);
        Assert.Empty(health.WhyNotLive());
    }

    [Fact]
    public void What_another_system_does_never_ends_liveness()
    {
        var health = new ServiceHealth(_clock);
        health.AddCondition("log", "away").NotMet("still away");

        Assert.False(health.IsReady);
        Assert.True(health.IsLive);
    }
}
