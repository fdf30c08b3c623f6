using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Pipeline.Testing;

namespace Pipeline.Storage.Objects.Tests;

/// <summary>Stands before the stand-in and adds what it lacks: conditional writes, and answers that a test scripts.</summary>
internal sealed class S3Front : IAsyncDisposable
{
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly HttpClient _client;
    private readonly WebApplication _app;

    private S3Front(Uri store)
    {
        _client = new HttpClient { BaseAddress = store };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        Address = new Uri($"http://127.0.0.1:{FreePorts.Next()}");
        builder.WebHost.UseUrls(Address.ToString());
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    internal Uri Address { get; }

    /// <summary>An answer instead of the store's: status and code; null asks the store.</summary>
    internal Func<HttpRequest, (int Status, string Code)?>? Script { get; set; }

    /// <summary>Called when the store has answered, before the client gets it; true breaks the connection instead.</summary>
    internal Func<HttpRequest, bool>? Breaks { get; set; }

    /// <summary>Requests that came, with their headers.</summary>
    internal ConcurrentQueue<(string Method, string Path, Dictionary<string, string> Headers)> Requests { get; } = new();

    internal static async Task<S3Front> StartAsync(Uri store)
    {
        var front = new S3Front(store);
        await front._app.StartAsync();
        return front;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _client.Dispose();
        _writing.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        Requests.Enqueue((request.Method, request.Path, request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        if (Script?.Invoke(request) is { } scripted)
        {
            await FailAsync(context, scripted.Status, scripted.Code);
            return;
        }

        await _writing.WaitAsync(context.RequestAborted);
        try
        {
            if (HttpMethods.IsPut(request.Method) && request.Headers.IfNoneMatch == "*")
            {
                using var head = await _client.SendAsync(new HttpRequestMessage(HttpMethod.Head, request.Path.Value), context.RequestAborted);
                if (head.IsSuccessStatusCode)
                {
                    await FailAsync(context, 412, "PreconditionFailed");
                    return;
                }
            }

            await ForwardAsync(context);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task ForwardAsync(HttpContext context)
    {
        var request = context.Request;
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, context.RequestAborted);
        using var forwarded = new HttpRequestMessage(new HttpMethod(request.Method), request.Path.Value + request.QueryString);
        forwarded.Content = new ByteArrayContent(body.ToArray());
        foreach (var header in request.Headers.Where(header => header.Key is not ("Host" or "Content-Length" or "If-None-Match")))
        {
            if (!forwarded.Headers.TryAddWithoutValidation(header.Key, header.Value.ToArray()))
            {
                forwarded.Content.Headers.TryAddWithoutValidation(header.Key, header.Value.ToArray());
            }
        }

        using var answer = await _client.SendAsync(forwarded, context.RequestAborted);
        if (Breaks?.Invoke(request) is true)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        context.Response.ContentLength = answer.Content.Headers.ContentLength;
        if (!HttpMethods.IsHead(request.Method))
        {
            await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
    }

    private static Task FailAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml";
        return HttpMethods.IsHead(context.Request.Method) || code.Length == 0
            ? Task.CompletedTask
            : context.Response.WriteAsync($"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>scripted</Message><RequestId>1</RequestId></Error>");
    }
}
