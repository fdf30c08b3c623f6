using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Pipeline.Storage.EngineHost.Protocol;

/// <summary>ClickHouse's HTTP interface: one statement per request, inserts with their rows in the body.</summary>
internal sealed class ClickHouseEndpoint(Engine engine, InsertScratch scratch, EngineOptions options)
{
    // Parameters of the interface itself; every other one is a setting of the statement, as on a server.
    private static readonly HashSet<string> InterfaceParameters = new(StringComparer.Ordinal)
    {
        "query", "database", "default_format", "query_id", "user", "password", "session_id", "session_timeout", "session_check", "quota_key",
        "compress", "decompress", "buffer_size", "wait_end_of_query", "role", "profile",
    };

    private static readonly Dictionary<string, string> Extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        [""] = "",
        ["identity"] = "",
        ["gzip"] = ".gz",
        ["lz4"] = ".lz4",
        ["zstd"] = ".zst",
    };

    internal async Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        var path = request.Path.Value;
        if (path == "/ping" || (path == "/" && HttpMethods.IsGet(request.Method) && !request.Query.ContainsKey("query")))
        {
            await WriteTextAsync(context, StatusCodes.Status200OK, "Ok.\n");
            return;
        }

        if (path != "/")
        {
            await WriteTextAsync(context, StatusCodes.Status404NotFound, "There is no handle " + path + "\n");
            return;
        }

        if (!Extensions.TryGetValue(request.Headers.ContentEncoding.ToString(), out var extension))
        {
            await WriteErrorAsync(context, 36, $"Content-Encoding {request.Headers.ContentEncoding} is not supported: use gzip, lz4, zstd or none");
            return;
        }

        var query = request.Query["query"].ToString();
        if (StatementRule.TrySplitInsert(query, out var target, out var format))
        {
            await InsertAsync(context, target, format, extension);
            return;
        }

        if (extension.Length > 0)
        {
            await WriteErrorAsync(context, 36, "a compressed body is only read behind an INSERT … FORMAT given in the query parameter");
            return;
        }

        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        await RunAsync(context, query.Length == 0 ? body : body.Length == 0 ? query : query + "\n" + body, isInsert: false);
    }

    private async Task InsertAsync(HttpContext context, string target, string format, string extension)
    {
        var file = await scratch.SaveAsync(context.Request.Body, extension, options.MaxBodyBytes, context.RequestAborted);
        if (file is null)
        {
            await WriteErrorAsync(context, 241, $"the insert body is larger than MaxBodyBytes ({options.MaxBodyBytes})");
            return;
        }

        try
        {
            var compression = extension.Length == 0 ? "none" : extension[1..];
            await RunAsync(context, $"{target} FROM INFILE '{file}' COMPRESSION '{compression}' FORMAT {format}", isInsert: true);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private async Task RunAsync(HttpContext context, string query, bool isInsert)
    {
        if (!isInsert && StatementRule.IsMultiStatement(query))
        {
            await WriteErrorAsync(context, 62, "Syntax error: Multi-statements are not allowed");
            return;
        }

        var parameters = context.Request.Query;
        var settings = new List<KeyValuePair<string, string>>();
        var database = parameters["database"].ToString() is { Length: > 0 } named ? named : context.Request.Headers["X-ClickHouse-Database"].ToString();
        foreach (var parameter in parameters)
        {
            if (!InterfaceParameters.Contains(parameter.Key))
            {
                if (!IsName(parameter.Key))
                {
                    await WriteErrorAsync(context, 115, $"Setting {parameter.Key} is neither a builtin setting nor started with the prefix 'param_'");
                    return;
                }

                settings.Add(new(parameter.Key, parameter.Value.ToString()));
            }
        }

        var queryId = parameters["query_id"].ToString() is { Length: > 0 } given ? given : Guid.CreateVersion7().ToString();
        var format = parameters["default_format"].ToString() is { Length: > 0 } wanted ? wanted : "TabSeparated";
        var statement = new EngineStatement(query, format, settings) { Database = database.Length == 0 ? "default" : database };
        var result = await engine.RunAsync(statement, CancellationToken.None);
        context.Response.Headers["X-ClickHouse-Query-Id"] = queryId;
        if (result.Error is not null)
        {
            await WriteErrorAsync(context, EngineErrorRule.CodeOf(result.Error), result.Error);
            return;
        }

        context.Response.Headers["X-ClickHouse-Format"] = format;
        context.Response.Headers["X-ClickHouse-Summary"] = Summary(result);
        context.Response.ContentLength = result.Body.Length;
        await context.Response.Body.WriteAsync(result.Body);
    }

    private static string Summary(EngineResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"read_rows":"{{result.ReadRows}}","read_bytes":"{{result.ReadBytes}}","written_rows":"{{result.WrittenRows}}","written_bytes":"{{result.WrittenBytes}}","total_rows_to_read":"0","result_rows":"{{(result.WrittenRows > 0 ? result.WrittenRows : result.ReadRows)}}","result_bytes":"{{result.Body.Length}}","elapsed_ns":"{{result.Elapsed.Ticks * 100}}"}""");

    private static bool IsName(string key) => key.Length > 0 && key.All(character => char.IsAsciiLetterOrDigit(character) || character == '_');

    private static Task WriteErrorAsync(HttpContext context, int code, string message)
    {
        context.Response.Headers["X-ClickHouse-Exception-Code"] = code.ToString(CultureInfo.InvariantCulture);
        var text = message.StartsWith("Code: ", StringComparison.Ordinal) ? message : $"Code: {code}. DB::Exception: {message}.";
        return WriteTextAsync(context, EngineErrorRule.StatusOf(code), text + "\n");
    }

    private static Task WriteTextAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=UTF-8";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
