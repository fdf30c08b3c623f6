namespace Pipeline.Gateway.Endpoints;

/// <summary>The paths of the gateway.</summary>
internal enum Route
{
    /// <summary>Any other path.</summary>
    Unknown,

    /// <summary>Langfuse batches.</summary>
    Ingestion,

    /// <summary>OTLP traces.</summary>
    OtlpTraces,

    /// <summary>OTLP metrics, which are not stored.</summary>
    OtlpMetrics,

    /// <summary>Liveness.</summary>
    Health,

    /// <summary>Readiness.</summary>
    Ready,

    /// <summary>The SDKs' key check.</summary>
    Projects,

    /// <summary>Prometheus text.</summary>
    Metrics,
}
