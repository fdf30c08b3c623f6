namespace Pipeline.Gateway.Authentication;

/// <summary>What checking a request's credentials came to.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="Principal">Who sent the request, when authenticated.</param>
internal readonly record struct AuthenticationResult(AuthenticationOutcome Outcome, Principal? Principal)
{
    public static implicit operator AuthenticationResult(AuthenticationOutcome outcome) => new(outcome, null);
}
