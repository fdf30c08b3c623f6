namespace Pipeline.Gateway.Authentication;

/// <summary>What credentials may send.</summary>
internal enum AccessScope
{
    /// <summary>Public and secret key: everything.</summary>
    Project,

    /// <summary>The public key alone, as browsers hold it: scores and SDK logs.</summary>
    Scores,
}
