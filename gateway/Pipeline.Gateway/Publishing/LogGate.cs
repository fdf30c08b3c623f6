namespace Pipeline.Gateway.Publishing;

/// <summary>Whether the log was opened; until then nothing is appended and its partition count means nothing.</summary>
internal sealed class LogGate
{
    private volatile bool _isOpen;

    internal bool IsOpen => _isOpen;

    internal void Open() => _isOpen = true;
}
