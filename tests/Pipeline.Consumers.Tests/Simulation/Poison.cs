using System.Globalization;
using Pipeline.Consumers.Tests.Converting;
using Pipeline.Schemas;
using Pipeline.Schemas.Records;
using Pipeline.Storage.Batches;
using Pipeline.Storage.States;

namespace Pipeline.Consumers.Tests.Simulation;

/// <summary>Observations that the simulated store does not take.</summary>
internal static class Poison
{
    internal const int Code = 469;

    private static readonly Utf8Text Name = Utf8Text.From("poison");

    internal static bool Is(ObservationState observation) => observation.Name.Value == Name;

    internal static bool IsIn(StateBatch states) => states.Observations.Exists(Is);

    /// <summary>An event that creates one.</summary>
    internal static LangfuseEvent Event(int number) => Records.Event(
        "span-create",
        string.Create(CultureInfo.InvariantCulture, $$"""{"id":"p{{number}}","traceId":"t0","name":"poison"}"""),
        id: string.Create(CultureInfo.InvariantCulture, $"poison-{number}"));
}
