using Pipeline.Storage;
using Pipeline.Testing.ObjectStores;
using Pipeline.Testing.Stores;

namespace Pipeline.Consumers.Tests.Simulation;

/// <summary>One run of random appends, failures, hand-overs, zombies, crashes and stops; at the end everything is there once.</summary>
/// <param name="counts">Counts what happened.</param>
/// <param name="storeOf">A defect to put between writers and store; null for none.</param>
internal sealed class RandomFaultRun(FaultCounts counts, Func<IStateStore, IStateStore>? storeOf = null)
{
    private const int Steps = 40;

    /// <summary>Runs one seed.</summary>
    /// <exception cref="Exception">Whatever check failed.</exception>
    internal void Run(int seed)
    {
        var random = new Random(seed);
        using var simulation = new WriterSimulation(random.Next(1, 5), seed);
        var options = simulation.Options;
        options.MaxBatchRows = random.Next(1, 60);
        options.MaxBatchBytes = random.Next(200, 20_000);
        options.MaxBufferedBytes = random.Next(200, 20_000);
        options.MaxPoisonRatio = 1;
        options.DrainTimeout = TimeSpan.FromMilliseconds(random.Next(0, 3_000));
        var records = new SampleRecords(random, simulation.Clock);
        var failureRate = 0.0;
        simulation.Store.Plan = batch => Plan(random, failureRate, batch);
        simulation.Objects.Plan = _ => ObjectPlanOf(random, failureRate);
        simulation.StoreOf = storeOf ?? simulation.StoreOf;
        simulation.Start();
        for (var step = 0; step < Steps; step++)
        {
            failureRate = Step(simulation, random, records, failureRate);
        }

        failureRate = 0;
        (simulation.Log.IsDown, simulation.Log.RefusesCommits) = (false, false);
        simulation.Start();
        simulation.PassUntil(() => simulation.IsDrained, TimeSpan.FromMinutes(5));
        counts.Redelivered += simulation.Store.Batches.Sum(batch => batch.States.Receipts.Count) - simulation.Store.Receipts.Count;
        simulation.AssertStoredExactly();
        counts.PutAside += KeptRecords.In(simulation.Objects).Count;
        AssertBounded(simulation);
        foreach (var writer in simulation.Writers.Where(writer => writer.IsAlive))
        {
            writer.Stop();
        }

        simulation.Pass(TimeSpan.FromSeconds(5));
        Assert.All(simulation.Writers.Where(writer => !writer.Context.IsCrashed), writer => Assert.True(writer.Running.IsCompleted));
        Assert.All(simulation.Writers, writer => Assert.False(writer.Running.IsFaulted, $"{writer.Name}: {writer.Running.Exception}"));
    }

    private double Step(WriterSimulation simulation, Random random, SampleRecords records, double failureRate)
    {
        var alive = simulation.Writers.Where(writer => writer.IsAlive).ToList();
        switch (random.Next(20))
        {
            case < 7:
                Append(simulation, random, records);
                break;
            case < 12:
                simulation.Pass(TimeSpan.FromMilliseconds(random.Next(1, 3_000)), TimeSpan.FromMilliseconds(random.Next(5, 400)));
                break;
            case 12 when alive.Count > 0:
                counts.Crashes++;
                Append(simulation, random, records);
                var victim = alive[random.Next(alive.Count)];
                simulation.Clock.Advance(TimeSpan.FromMilliseconds(random.Next(300)));
                victim.Context.Run(random.Next(12));
                victim.Crash();
                break;
            case 13 when alive.Count > 0:
                alive[random.Next(alive.Count)].Stop();
                break;
            case 14 or 15 when alive.Count < 3:
                simulation.Start();
                break;
            case 16 when alive.Count > 0 && simulation.Log.Members is { Count: > 0 } members:
                counts.Zombies++;
                var zombie = members[random.Next(members.Count)];
                simulation.Log.Expire(zombie);
                simulation.Pass(TimeSpan.FromMilliseconds(random.Next(0, 1_500)));
                if (alive.Any(writer => writer.IsAlive && writer.Name == zombie.MemberId) && simulation.Log.Members.All(member => member.MemberId != zombie.MemberId))
                {
                    simulation.Log.Rejoin(zombie);
                }

                break;
            case 17:
                return random.Next(3) switch { 0 => 0, 1 => 0.4, _ => 1 };
            case 18:
                simulation.Log.RefusesCommits = !simulation.Log.RefusesCommits;
                counts.UnconfirmedCommits += simulation.Log.RefusesCommits ? 1 : 0;
                break;
            case 19:
                simulation.Log.IsDown = !simulation.Log.IsDown;
                counts.Outages += simulation.Log.IsDown ? 1 : 0;
                break;
            default:
                break;
        }

        return failureRate;
    }

    private static void Append(WriterSimulation simulation, Random random, SampleRecords records)
    {
        for (var i = random.Next(1, 9); i > 0; i--)
        {
            var partition = random.Next(simulation.Log.PartitionCount);
            switch (random.Next(13))
            {
                case 0:
                    simulation.Log.Append(partition, new Schemas.Records.RecordHeaders("1.0", null), records.Garbage());
                    break;
                case 1:
                    simulation.Log.Append(partition, records.Accounts());
                    break;
                case 2:
                    simulation.Log.Append(partition, records.Poisoned(random.Next(1, 6)));
                    break;
                default:
                    simulation.Log.Append(partition, records.Events(random.Next(1, 6)));
                    break;
            }
        }
    }

    private InsertPlan Plan(Random random, double failureRate, InMemoryBatch batch)
    {
        var latency = TimeSpan.FromMilliseconds(random.Next(4) == 0 ? random.Next(1, 800) : 0);
        if (random.NextDouble() >= failureRate)
        {
            return InsertPlan.Stored with { Latency = latency, StoresEarly = random.Next(2) == 0 };
        }

        counts.FailedInserts++;
        var outcome = random.Next(3) switch { 0 => InsertOutcome.Unavailable, 1 => InsertOutcome.Overloaded, _ => batch.RowCount > 3 ? InsertOutcome.TooLarge : InsertOutcome.Unavailable };
        return InsertPlan.Failed(outcome) with { Latency = latency, StoresRows = outcome == InsertOutcome.Unavailable && random.Next(2) == 0 };
    }

    private ObjectPlan ObjectPlanOf(Random random, double failureRate)
    {
        if (random.NextDouble() >= failureRate)
        {
            return ObjectPlan.Done;
        }

        counts.FailedPuts++;
        return (random.Next(2) == 0 ? ObjectPlan.Failed() : ObjectPlan.AnswerLost()) with { Latency = TimeSpan.FromMilliseconds(random.Next(300)) };
    }

    // One batch on its way and one waiting for each writer that still lives; crashed ones took theirs with them.
    private static void AssertBounded(WriterSimulation simulation)
    {
        var readers = simulation.Log.Members;
        Assert.All(readers, reader => Assert.True(reader.MostQueuedBytes <= simulation.Options.MaxBufferedBytes + 4_000));
    }
}
