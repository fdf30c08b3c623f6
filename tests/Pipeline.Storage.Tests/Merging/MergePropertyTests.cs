using FsCheck;
using FsCheck.Fluent;
using Pipeline.Storage.Batches;
using Pipeline.Storage.Merging;
using Pipeline.Testing.States;

namespace Pipeline.Storage.Tests.Merging;

/// <summary>The one property everything rests on: any order, any duplication and any split into batches folds to the same state.</summary>
public sealed class MergePropertyTests
{
    private const int Runs = 500;

    [Fact]
    public void Any_permutation_gives_the_same_state() => Check((statements, random) =>
    {
        var shuffled = statements.ToArray();
        random.Shuffle(shuffled);
        return Fold([shuffled]);
    });

    [Fact]
    public void Any_duplication_gives_the_same_state() => Check((statements, random) =>
        Fold([[.. statements, .. statements.Where(_ => random.Next(2) == 0), .. statements]]));

    [Fact]
    public void Any_split_into_batches_gives_the_same_state() => Check((statements, random) =>
        Fold([.. statements.GroupBy(_ => random.Next(5)).Select(group => group.ToArray())]));

    // A statement is a seed: the same seed says the same about the same entity, in an object of its own, because a fold owns what it is given.
    private static void Check(Func<int[], Random, string> variant) =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<int[]>(),
            ArbMap.Default.ArbFor<int>(),
            (statements, seed) => variant(statements, new Random(seed)) == Fold([statements]))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Runs));

    private static string Fold(List<int[]> batches)
    {
        var total = new StateFold();
        foreach (var statements in batches)
        {
            var fold = new StateFold();
            foreach (var statement in statements)
            {
                var states = new RandomStates(new Random(statement));
                fold.Add(states.Observation());
                fold.Add(states.Trace());
                fold.Add(states.Score());
            }

            var batch = new StateBatch();
            fold.DrainInto(batch);
            batch.Observations.ForEach(total.Add);
            batch.Traces.ForEach(total.Add);
            batch.Scores.ForEach(total.Add);
        }

        var result = new StateBatch();
        total.DrainInto(result);
        return StateText.Of(result);
    }
}
