namespace Pipeline.Schemas.Ids;

/// <summary>Ids of entities whose client sent none; gateway and consumer derive the same one, and so does a retry of the event.</summary>
public static class DerivedIds
{
    /// <summary>Id of a trace, score or legacy observation whose body has none.</summary>
    public static string ForEvent(string projectId, string eventId) => UuidV5.Derive(projectId, "event", eventId);

    /// <summary>Trace of an observation that names none: from the observation's own id, so that its update finds the same trace.</summary>
    public static string ForTraceOf(string projectId, string observationId) => UuidV5.Derive(projectId, "trace-of", observationId);
}
