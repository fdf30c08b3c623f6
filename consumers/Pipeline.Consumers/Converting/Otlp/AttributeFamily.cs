namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>Families of keys that share a prefix and whose rest is the caller's or a convention's; as flags, so that a span says which
/// it has.</summary>
[Flags]
internal enum AttributeFamily : short
{
    /// <summary>No family.</summary>
    None = 0,

    /// <summary><c>langfuse.trace.metadata.</c></summary>
    TraceMetadata = 1,

    /// <summary><c>langfuse.observation.metadata.</c></summary>
    ObservationMetadata = 2,

    /// <summary><c>langfuse.metadata.</c></summary>
    LangfuseMetadata = 4,

    /// <summary><c>ai.telemetry.metadata.</c></summary>
    VercelMetadata = 8,

    /// <summary><c>gen_ai.usage.</c></summary>
    GenAiUsage = 16,

    /// <summary><c>llm.token_count.</c></summary>
    TokenCount = 32,

    /// <summary><c>gen_ai.request.</c></summary>
    GenAiRequest = 64,

    /// <summary><c>llm.invocation_parameters.</c></summary>
    InvocationParameters = 128,

    /// <summary><c>gen_ai.prompt.</c></summary>
    GenAiPrompt = 256,

    /// <summary><c>gen_ai.completion.</c></summary>
    GenAiCompletion = 512,

    /// <summary><c>llm.input_messages.</c></summary>
    InputMessages = 1024,

    /// <summary><c>llm.output_messages.</c></summary>
    OutputMessages = 2048,

    /// <summary>The families that are input or output in pieces.</summary>
    Messages = GenAiPrompt | GenAiCompletion | InputMessages | OutputMessages,
}
