using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Pipeline.Gateway.Endpoints;

/// <summary>The one table from a body that could not be read to its answer.</summary>
internal static class BodyAnswers
{
    internal const string AcceptedCodings = "gzip";

    /// <summary>Answers a body that was not read.</summary>
    /// <param name="context">The request.</param>
    /// <param name="outcome">Why it was not read.</param>
    /// <param name="answers">Writes the 503.</param>
    /// <param name="maxBytes">The cap, named in a 413.</param>
    internal static Task WriteAsync(HttpContext context, BodyOutcome outcome, Answers answers, int maxBytes)
    {
        switch (outcome)
        {
            case BodyOutcome.TooLarge:
                var text = Encoding.UTF8.GetBytes($"Body exceeded {SizeText.Of(maxBytes)} limit");
                return Answers.WriteAsync(context, StatusCodes.Status413PayloadTooLarge, "text/plain; charset=utf-8", text);
            case BodyOutcome.Busy:
                return answers.WriteUnavailableAsync(context);
            case BodyOutcome.TimedOut:
                context.Response.Headers.Connection = "close";
                return Answers.WriteTextsAsync(context, StatusCodes.Status408RequestTimeout, ("message", "The request body was not received in time"));
            case BodyOutcome.UnsupportedCoding:
                context.Response.Headers.AcceptEncoding = AcceptedCodings;
                return Answers.WriteTextsAsync(
                    context,
                    StatusCodes.Status415UnsupportedMediaType,
                    ("error", "Unsupported content encoding"),
                    ("message", $"Content-Encoding must be absent, identity or exactly one of: {AcceptedCodings}"));
            case BodyOutcome.CorruptGzip:
                return Answers.WriteTextsAsync(context, StatusCodes.Status400BadRequest, ("error", "Failed to decompress request body"), ("message", "The body is not exactly one whole gzip member"));
            case BodyOutcome.Malformed:
                context.Response.Headers.Connection = "close";
                return Answers.WriteTextsAsync(context, StatusCodes.Status400BadRequest, ("error", "Failed to read request body"), ("message", "The transfer of the body is malformed"));
            default:
                throw new UnreachableException();
        }
    }
}
