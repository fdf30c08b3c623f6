using System.Globalization;
using Microsoft.AspNetCore.Http;
using Pipeline.Gateway.Authentication;

namespace Pipeline.Gateway.Endpoints;

/// <summary>What both OTLP endpoints check before they read a body.</summary>
internal static class OtlpRequest
{
    private const int MaxIngestionVersion = 4;

    /// <summary>The principal; null when the request was answered because it has none that may export.</summary>
    internal static async ValueTask<Principal?> AuthenticateAsync(HttpContext context, ApiKeyCache keys, Answers answers)
    {
        var authentication = await keys.AuthenticateAsync(context.Request.Headers.Authorization);
        if (authentication.Outcome != AuthenticationOutcome.Authenticated)
        {
            await AuthenticationAnswers.WriteAsync(context, authentication.Outcome, answers, namesError: false);
            return null;
        }

        if (authentication.Principal!.Scope == AccessScope.Project)
        {
            return authentication.Principal;
        }

        await AuthenticationAnswers.WriteScopeDeniedAsync(context);
        return null;
    }

    /// <summary>False when the request was answered because of its content type or the version it asks for.</summary>
    internal static async ValueTask<bool> CheckHeadersAsync(HttpContext context)
    {
        var contentType = context.Request.ContentType;
        if (!ContentTypeRule.IsProtobuf(contentType) && !ContentTypeRule.IsJson(contentType))
        {
            await Answers.WriteTextsAsync(
                context,
                StatusCodes.Status415UnsupportedMediaType,
                ("error", "Invalid content type"),
                ("message", "Content-Type must be application/x-protobuf or application/json in UTF-8"));
            return false;
        }

        if (ClientHeaders.IngestionVersion(context.Request.Headers) is { } version
            && (!int.TryParse(version, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) || number > MaxIngestionVersion))
        {
            await Answers.WriteTextsAsync(
                context,
                StatusCodes.Status400BadRequest,
                ("error", $"Unsupported x-langfuse-ingestion-version: \"{version}\". Maximum supported: \"{MaxIngestionVersion}\"."));
            return false;
        }

        return true;
    }
}
