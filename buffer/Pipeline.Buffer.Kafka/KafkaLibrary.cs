using System.Reflection;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Pipeline.Buffer.Kafka;

/// <summary>Loads the native client: from <c>PIPELINE_NATIVE_DIR</c>, from <c>artifacts/native</c> above this build, or from the system.</summary>
internal static class KafkaLibrary
{
    private const string FileName = "librdkafka.so.1";

    private static readonly Lazy<nint> Handle = new(Load);

    /// <summary>Whether the library can be loaded.</summary>
    internal static bool IsAvailable => TryLoad(out _);

    /// <summary>Loads it, once per process, and points the client's imports and our own at it.</summary>
    /// <exception cref="KafkaConfigurationException">It is not there; the message says what to install.</exception>
    internal static void EnsureLoaded() => _ = Handle.Value;

    internal static nint Export(string function) => NativeLibrary.GetExport(Handle.Value, function);

    private static nint Load()
    {
        if (!TryLoad(out var handle))
        {
            throw new KafkaConfigurationException(
                $"{FileName} is missing: install librdkafka1 (version 2.0.2 or newer), run `make install-kafka-client`, or set PIPELINE_NATIVE_DIR to its folder");
        }

        NativeLibrary.SetDllImportResolver(typeof(Config).Assembly, (name, _, _) => Resolve(name, handle));
        return handle;
    }

    private static nint Resolve(string name, nint handle) =>
        name.StartsWith("librdkafka", StringComparison.Ordinal) ? handle
        : name.StartsWith("libdl", StringComparison.Ordinal) ? NativeLibrary.Load("libdl.so.2")
        : nint.Zero;

    private static bool TryLoad(out nint handle)
    {
        foreach (var folder in Folders())
        {
            // Its one unusual dependency may lie beside it; loading that first by path spares a search path.
            NativeLibrary.TryLoad(Path.Combine(folder, "libsasl2.so.2"), out _);
            if (NativeLibrary.TryLoad(Path.Combine(folder, FileName), out handle))
            {
                return true;
            }
        }

        return NativeLibrary.TryLoad(FileName, Assembly.GetExecutingAssembly(), DllImportSearchPath.SafeDirectories, out handle);
    }

    private static IEnumerable<string> Folders()
    {
        if (Environment.GetEnvironmentVariable("PIPELINE_NATIVE_DIR") is { Length: > 0 } named)
        {
            yield return named;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "native");
            if (File.Exists(Path.Combine(path, FileName)))
            {
                yield return path;
            }
        }
    }
}
