using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Pipeline.Schemas.Wire;

namespace Pipeline.Gateway.Endpoints;

/// <summary>Success answers of OTLP, in the encoding of the request; a partial success tells what was refused for good.</summary>
/// <remarks>By the OTLP rules a client must not retry a partial success, so it is used only for what a retry cannot mend.</remarks>
internal static class OtlpAnswers
{
    private const int PartialSuccessField = 1;
    private const int RejectedField = 1;
    private const int ErrorMessageField = 2;

    private static readonly byte[] EmptyJson = "{}"u8.ToArray();

    /// <summary>Writes the answer of the traces endpoint; empty when nothing was refused.</summary>
    internal static Task WriteAsync(HttpContext context, bool isJson, int rejectedSpans, string? errorMessage) =>
        rejectedSpans == 0 && errorMessage is null
            ? Answers.WriteAsync(context, StatusCodes.Status200OK, isJson ? Answers.Json : Answers.Protobuf, isJson ? EmptyJson : default)
            : WritePartialAsync(context, isJson, "rejectedSpans", rejectedSpans, errorMessage ?? "");

    /// <summary>Writes a partial success.</summary>
    /// <param name="context">The request.</param>
    /// <param name="isJson">Encoding of the request.</param>
    /// <param name="rejectedName">JSON name of the count.</param>
    /// <param name="rejected">How many were refused.</param>
    /// <param name="errorMessage">Why.</param>
    internal static async Task WritePartialAsync(HttpContext context, bool isJson, string rejectedName, long rejected, string errorMessage)
    {
        if (!isJson)
        {
            await Answers.WriteAsync(context, StatusCodes.Status200OK, Answers.Protobuf, EncodePartial(rejected, errorMessage));
            return;
        }

        using var buffer = new PooledBuffer(256);
        var writer = Answers.WriterTo(buffer);
        await using (writer)
        {
            writer.WriteStartObject();
            writer.WriteStartObject("partialSuccess"u8);

            // 64-bit numbers are strings in Protobuf's JSON.
            writer.WriteString(rejectedName, rejected.ToString(CultureInfo.InvariantCulture));
            writer.WriteString("errorMessage"u8, errorMessage);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        await Answers.WriteAsync(context, StatusCodes.Status200OK, Answers.Json, buffer.Written);
    }

    private static byte[] EncodePartial(long rejected, string errorMessage)
    {
        var inner = ProtoWriter.SizeOfNumber(RejectedField, (ulong)rejected) + ProtoWriter.SizeOfString(ErrorMessageField, errorMessage);
        var bytes = new byte[ProtoWriter.SizeOfMessage(PartialSuccessField, inner)];
        var writer = new ProtoWriter(bytes);
        writer.WriteMessageHeader(PartialSuccessField, inner);
        writer.WriteNumber(RejectedField, (ulong)rejected);
        writer.WriteString(ErrorMessageField, errorMessage);
        return bytes;
    }
}
