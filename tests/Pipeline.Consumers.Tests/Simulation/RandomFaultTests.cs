using Pipeline.Consumers.Tests.Simulation.Defects;
using Pipeline.Storage;
using Pipeline.Testing.Faults;
using Xunit.Abstractions;

namespace Pipeline.Consumers.Tests.Simulation;

/// <summary>Ten thousand runs of random faults without a violation, and three defects that the same runs find.</summary>
public sealed class RandomFaultTests(ITestOutputHelper output)
{
    private const int Runs = 10_000;

    // A defect that is not found within so many runs would not be found in a day's work either.
    private const int RunsPerDefect = 300;

    [Fact]
    [Trait(FaultSeed.Trait, FaultSeed.Honoured)]
    public void Nothing_is_lost_doubled_or_committed_early_whatever_fails()
    {
        var seed = FaultSeed.Choose(output);
        var runs = FaultSeed.IsGiven ? 1 : Runs;
        var counts = new FaultCounts();
        for (var run = 0; run < runs; run++)
        {
            try
            {
                new RandomFaultRun(counts).Run(seed + run);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"run failed: repeat with make fault SEED={seed + run}", failure);
            }
        }

        output.WriteLine(counts.ToString());
        Assert.All(counts.All, count => Assert.True(FaultSeed.IsGiven || count > runs / 100, "a fault hardly happened"));
    }

    public static TheoryData<string> DefectNames() => ["commit before insert", "seen-marker before write", "skipped bisect half"];

    [Theory]
    [MemberData(nameof(DefectNames))]
    public void The_checks_find_a_defect(string defect)
    {
        for (var seed = 1; seed <= RunsPerDefect; seed++)
        {
            var seen = new HashSet<Guid>();
            Func<IStateStore, IStateStore> storeOf = defect switch
            {
                "commit before insert" => store => new EarlyAnswerStore(store),
                "seen-marker before write" => store => new SeenMarkerStore(store, seen),
                _ => store => new HalfSkippingStore(store),
            };
            try
            {
                new RandomFaultRun(new FaultCounts(), storeOf).Run(seed);
            }
            catch (Exception violation) when (violation is Xunit.Sdk.XunitException)
            {
                output.WriteLine($"found with seed {seed}: {violation.Message.Split('\n')[0]}");
                return;
            }
        }

        Assert.Fail($"{RunsPerDefect} runs did not find: {defect}");
    }
}
