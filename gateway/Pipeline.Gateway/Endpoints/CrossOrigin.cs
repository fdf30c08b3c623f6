using Microsoft.AspNetCore.Http;

namespace Pipeline.Gateway.Endpoints;

/// <summary>Lets pages in browsers send scores and logs with the public key.</summary>
/// <remarks>The credentials are a header that the page holds, never a cookie, so any origin may be allowed: a foreign page gains nothing.</remarks>
internal static class CrossOrigin
{
    private const string Methods = "GET,HEAD,POST";
    private const string MaxAgeSeconds = "600";

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
        response.AccessControlAllowHeaders = request.AccessControlRequestHeaders;
        response.AccessControlMaxAge = MaxAgeSeconds;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return true;
    }
}
