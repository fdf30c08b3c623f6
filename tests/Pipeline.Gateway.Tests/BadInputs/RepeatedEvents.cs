using Pipeline.Testing.Time;

namespace Pipeline.Gateway.Tests.BadInputs;

/// <summary>The same event again: the gateway takes it every time, and the merge behind the log makes one effect of all.</summary>
internal static class RepeatedEvents
{
    private const int Number = 28;

    internal static IReadOnlyList<FortyInput> All { get; } =
    [
        new(Number, "the same event twice in one batch", TwiceInABatchAsync),
        new(Number, "the same event again a day later", _ => ADayLaterAsync()),
    ];

    private static async Task TwiceInABatchAsync(GatewayFixture gateway)
    {
        using var response = await gateway.Client.SendAsync(Requests.Post(Requests.Ingestion, Requests.Batch(Requests.Event("twin"), Requests.Event("twin"))));

        Assert.Equal(
            """{"successes":[{"id":"twin","status":201},{"id":"twin","status":201}],"errors":[]}""",
            await response.Content.ReadAsStringAsync());
    }

    private static async Task ADayLaterAsync()
    {
        var clock = new ManualTimeProvider();
        await using var gateway = await GatewayFixture.StartAsync(clock: clock);
        for (var day = 0; day < 2; day++)
        {
            using var response = await gateway.Client.SendAsync(Requests.Post(Requests.Ingestion, Requests.Batch(Requests.Event("again"))));

            Assert.Equal("""{"successes":[{"id":"again","status":201}],"errors":[]}""", await response.Content.ReadAsStringAsync());
            clock.Advance(TimeSpan.FromDays(1));
        }

        var records = gateway.Records.ToList();
        Assert.Equal(2, records.Count);
        Assert.Equal(records[0].Payload.ToArray(), records[1].Payload.ToArray());
    }
}
