using Xunit.Abstractions;

namespace Pipeline.Consumers.Tests.Converting.Captures;

/// <summary>What real clients sent, converted and folded, against what their programs set.</summary>
public sealed class CaptureTests(ITestOutputHelper output)
{
    public static TheoryData<string> Scenarios() => [.. CaptureScenario.Names()];

    [CaptureTheory]
    [MemberData(nameof(Scenarios))]
    public void Recorded_requests_give_what_the_program_set(string name)
    {
        var scenario = CaptureScenario.Open(name);
        var sink = Records.Convert([.. scenario.Requests().Select(request => request.ToRecord())]);
        using var expected = scenario.Expected();

        var deviations = new ExpectedTraces(sink).Compare(expected.RootElement);

        output.WriteLine(string.Join('\n', deviations));
        Assert.Empty(sink.Rejected);
        Assert.Equal(KnownDeviations.Of(name).Order(StringComparer.Ordinal), deviations.Order(StringComparer.Ordinal));
    }

    [CaptureTheory]
    [MemberData(nameof(Scenarios))]
    public void The_gateways_records_give_the_same_over_four_partitions(string name)
    {
        var requests = CaptureScenario.Open(name).Requests().ToList();

        var whole = Records.Convert([.. requests.Select(request => request.ToRecord())]);
        var routed = Records.Convert([.. requests.SelectMany(request => request.ToGatewayRecords())]);

        Assert.Equal(whole.Describe(), routed.Describe());
    }
}
