using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Pipeline.Gateway.Authentication;

namespace Pipeline.Gateway.Endpoints;

/// <summary>The one table from a refused credential to its answer.</summary>
internal static class AuthenticationAnswers
{
    private const string ConfirmHost = "Confirm that you've configured the correct host.";

    /// <summary>Answers refused credentials.</summary>
    /// <param name="context">The request.</param>
    /// <param name="outcome">Why they are refused.</param>
    /// <param name="answers">Writes the 503.</param>
    /// <param name="namesError">Whether the route names the error class beside the message, as the ingestion route does.</param>
    internal static Task WriteAsync(HttpContext context, AuthenticationOutcome outcome, Answers answers, bool namesError)
    {
        if (outcome == AuthenticationOutcome.StoreUnavailable)
        {
            return answers.WriteUnavailableAsync(context);
        }

        var message = MessageOf(outcome);
        return outcome == AuthenticationOutcome.OrganizationKey && !namesError
            ? Answers.WriteTextsAsync(context, StatusCodes.Status403Forbidden, ("message", message))
            : namesError
                ? Answers.WriteTextsAsync(context, StatusCodes.Status401Unauthorized, ("error", "UnauthorizedError"), ("message", message))
                : Answers.WriteTextsAsync(context, StatusCodes.Status401Unauthorized, ("message", message));
    }

    /// <summary>Answers good credentials that may not use the route.</summary>
    internal static Task WriteScopeDeniedAsync(HttpContext context) =>
        Answers.WriteTextsAsync(context, StatusCodes.Status403Forbidden, ("message", "Access denied - insufficient permissions for this endpoint"));

    private static string MessageOf(AuthenticationOutcome outcome) => outcome switch
    {
        AuthenticationOutcome.NoHeader => "No authorization header",
        AuthenticationOutcome.InvalidHeader => "Invalid authorization header",
        AuthenticationOutcome.InvalidCredentials => "Invalid credentials. " + ConfirmHost,
        AuthenticationOutcome.InvalidPublicKey => "Invalid public key. " + ConfirmHost,
        AuthenticationOutcome.OrganizationKey => "Project ID not found for API token. Are you using an organization key?",
        AuthenticationOutcome.OrganizationPublicKey => "Unauthorized: Cannot use organization key with bearer auth. " + ConfirmHost,
        _ => throw new UnreachableException(),
    };
}
