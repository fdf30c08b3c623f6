using System.Globalization;

namespace Pipeline.Cli.Local;

/// <summary>Names a child's process to people and fault tests. Nothing depends on it, so a full disk must not stop the child.</summary>
internal sealed class PidFile(string path, Action<string> announce)
{
    internal void Write(int processId) => Try(() => File.WriteAllText(path, processId.ToString(CultureInfo.InvariantCulture)));

    internal void Delete() => Try(() => File.Delete(path));

    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            announce($"{path} cannot be written: {failure.Message}");
        }
    }
}
