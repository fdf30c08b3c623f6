namespace Pipeline.Consumers.Converting.Otlp;

/// <summary>Finds the family of a key.</summary>
internal static class AttributeFamilies
{
    /// <summary>The family and the length of its prefix.</summary>
    internal static AttributeFamily Find(ReadOnlySpan<byte> key, out int prefixLength)
    {
        // Three first letters rule out nearly all keys before a prefix is compared.
        prefixLength = 0;
        if (key.Length < 13)
        {
            return AttributeFamily.None;
        }

        return key[0] switch
        {
            (byte)'g' => FindGenAi(key, out prefixLength),
            (byte)'l' when key[1] == (byte)'l' => FindLlm(key, out prefixLength),
            (byte)'l' => FindLangfuse(key, out prefixLength),
            (byte)'a' => Match(key, "ai.telemetry.metadata."u8, AttributeFamily.VercelMetadata, ref prefixLength),
            _ => AttributeFamily.None,
        };
    }

    private static AttributeFamily FindGenAi(ReadOnlySpan<byte> key, out int prefixLength)
    {
        prefixLength = 0;
        return key[7] switch
        {
            (byte)'u' => Match(key, "gen_ai.usage."u8, AttributeFamily.GenAiUsage, ref prefixLength),
            (byte)'r' => Match(key, "gen_ai.request."u8, AttributeFamily.GenAiRequest, ref prefixLength),
            (byte)'p' => Match(key, "gen_ai.prompt."u8, AttributeFamily.GenAiPrompt, ref prefixLength),
            (byte)'c' => Match(key, "gen_ai.completion."u8, AttributeFamily.GenAiCompletion, ref prefixLength),
            _ => AttributeFamily.None,
        };
    }

    private static AttributeFamily FindLlm(ReadOnlySpan<byte> key, out int prefixLength)
    {
        prefixLength = 0;
        return key[4] switch
        {
            (byte)'t' => Match(key, "llm.token_count."u8, AttributeFamily.TokenCount, ref prefixLength),
            (byte)'o' => Match(key, "llm.output_messages."u8, AttributeFamily.OutputMessages, ref prefixLength),
            (byte)'i' when key[6] == (byte)'p' => Match(key, "llm.input_messages."u8, AttributeFamily.InputMessages, ref prefixLength),
            (byte)'i' => Match(key, "llm.invocation_parameters."u8, AttributeFamily.InvocationParameters, ref prefixLength),
            _ => AttributeFamily.None,
        };
    }

    private static AttributeFamily FindLangfuse(ReadOnlySpan<byte> key, out int prefixLength)
    {
        prefixLength = 0;
        return key[9] switch
        {
            (byte)'t' => Match(key, "langfuse.trace.metadata."u8, AttributeFamily.TraceMetadata, ref prefixLength),
            (byte)'o' => Match(key, "langfuse.observation.metadata."u8, AttributeFamily.ObservationMetadata, ref prefixLength),
            (byte)'m' => Match(key, "langfuse.metadata."u8, AttributeFamily.LangfuseMetadata, ref prefixLength),
            _ => AttributeFamily.None,
        };
    }

    private static AttributeFamily Match(ReadOnlySpan<byte> key, ReadOnlySpan<byte> prefix, AttributeFamily family, ref int prefixLength)
    {
        if (key.Length == prefix.Length || !key.StartsWith(prefix))
        {
            return AttributeFamily.None;
        }

        prefixLength = prefix.Length;
        return family;
    }
}
