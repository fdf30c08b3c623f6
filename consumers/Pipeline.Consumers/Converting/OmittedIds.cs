using Pipeline.Schemas.Ids;

namespace Pipeline.Consumers.Converting;

/// <summary>Ids for what a client sent without one, the same for every retry of the event, and the same as the gateway routes by.</summary>
internal static class OmittedIds
{
    internal static string ForEvent(string projectId, string eventId) => UuidV5.Derive(projectId, eventId);

    internal static string ForTraceOf(string projectId, string observationId) => UuidV5.Derive(projectId, "trace-of", observationId);
}
