using System.Text;

namespace Pipeline.Cli.Local;

/// <summary>The log file of a child: lines that cannot be written are dropped, for a child whose output nobody takes stands still.</summary>
/// <remarks>Thread-safe. Every line tries again, so that it goes on once the disk has room or the folder is back.</remarks>
internal sealed class ChildLog(string path, Action<string> announce) : IDisposable
{
    private readonly Lock _lock = new();
    private FileStream? _file;
    private bool _isFailing;

    /// <summary>Appends a line.</summary>
    internal void Write(string line)
    {
        lock (_lock)
        {
            try
            {
                // Unbuffered: what was not written is not kept, and closing has nothing left to fail with.
                _file ??= new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
                _file.Write(Encoding.UTF8.GetBytes(line + '\n'));
                _isFailing = false;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                _file?.Dispose();
                _file = null;
                if (!_isFailing)
                {
                    _isFailing = true;
                    announce($"{path} cannot be written, its lines are dropped: {failure.Message}");
                }
            }
        }
    }

    public void Dispose() => _file?.Dispose();
}
