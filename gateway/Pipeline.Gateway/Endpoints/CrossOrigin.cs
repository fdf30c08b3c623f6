using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Pipeline.Gateway.Endpoints;

/// <summary>Lets pages in browsers send scores and logs with the public key.</summary>
/// <remarks>The credentials are a header that the page holds, never a cookie, so any origin may be allowed: a foreign page gains nothing.</remarks>
internal static class CrossOrigin
{
    private const string Methods = "GET,HEAD,POST";
    private const string MaxAgeSeconds = "600";

    private static readonly SearchValues<char> ListOfNames =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz, ");

    /// <summary>Adds the headers for a browser's request; true when it was the preflight and is answered with that.</summary>
    internal static bool TryAnswerPreflight(HttpContext context, GatewayOptions options)
    {
        var request = context.Request.Headers;
        if (request.Origin.Count == 0 || options.AllowedOrigin.Length == 0)
        {
            return false;
        }

        var response = context.Response.Headers;
        response.AccessControlAllowOrigin = options.AllowedOrigin;
        response.AccessControlExposeHeaders = ClientHeaders.RequestId;
        if (!HttpMethods.IsOptions(context.Request.Method) || request.AccessControlRequestMethod.Count == 0)
        {
            return false;
        }

        response.AccessControlAllowMethods = Methods;
        if (AllowedHeaders(request.AccessControlRequestHeaders) is { } headers)
        {
            response.AccessControlAllowHeaders = headers;
        }

        response.AccessControlMaxAge = MaxAgeSeconds;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return true;
    }

    // Echoed text: only what names of headers and a list of them are made of, for the server refuses to send anything else.
    private static string? AllowedHeaders(StringValues requested) =>
        requested.ToString() is { Length: > 0 } text && !text.AsSpan().ContainsAnyExcept(ListOfNames) ? text : null;
}
