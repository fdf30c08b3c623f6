namespace Pipeline.Schemas.Records;

/// <summary>What the payload bytes of a record are.</summary>
public enum PayloadKind
{
    /// <summary>Not set; a reader treats the record as malformed.</summary>
    None = 0,

    /// <summary>A <c>LangfuseEvents</c> message: accepted REST events with their bodies as received.</summary>
    LangfuseEvents = 1,

    /// <summary>A valid OTLP <c>TracesData</c> message.</summary>
    OtlpSpans = 2,

    /// <summary>A <c>GatewayAccounts</c> message: what one gateway says it acknowledged.</summary>
    GatewayAccounts = 3,
}
