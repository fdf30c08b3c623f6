using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Pipeline.Gateway.Tests;

/// <summary>Keeps what a gateway logs under one event id.</summary>
internal sealed class KeptLines(int eventId) : ILoggerProvider, ILogger
{
    internal ConcurrentQueue<string> All { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (id.Id == eventId)
        {
            All.Enqueue(formatter(state, exception));
        }
    }

    public void Dispose()
    {
    }
}
