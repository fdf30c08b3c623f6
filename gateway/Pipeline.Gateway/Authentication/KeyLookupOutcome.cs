namespace Pipeline.Gateway.Authentication;

/// <summary>What asking the key store came to.</summary>
internal enum KeyLookupOutcome
{
    /// <summary>The key exists and is active.</summary>
    Found,

    /// <summary>It does not exist, or not any more.</summary>
    NotFound,

    /// <summary>The store did not answer in time, or too many look-ups wait already.</summary>
    Unavailable,
}
