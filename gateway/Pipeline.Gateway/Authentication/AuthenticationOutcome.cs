namespace Pipeline.Gateway.Authentication;

/// <summary>What checking a request's credentials came to.</summary>
internal enum AuthenticationOutcome
{
    /// <summary>The credentials are good.</summary>
    Authenticated,

    /// <summary>There is no Authorization header.</summary>
    NoHeader,

    /// <summary>The header is neither Basic with two parts nor Bearer with one.</summary>
    InvalidHeader,

    /// <summary>Unknown key, wrong secret, revoked or expired: one answer for all, so that nothing is learnt from it.</summary>
    InvalidCredentials,

    /// <summary>The same for a public key sent alone.</summary>
    InvalidPublicKey,

    /// <summary>A good key of an organisation: it names no project to write to.</summary>
    OrganizationKey,

    /// <summary>A key of an organisation, sent alone.</summary>
    OrganizationPublicKey,

    /// <summary>The key is not in memory and the store does not answer; the client comes back later.</summary>
    StoreUnavailable,
}
