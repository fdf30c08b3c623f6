using System.Reflection;

namespace Pipeline.ServiceDefaults;

/// <summary>What a process calls itself in metrics, traces, logs and answers.</summary>
/// <param name="Name">Service name, for example <c>gateway</c>; one word per kind of host, not per instance.</param>
/// <param name="Version">Version of the build.</param>
/// <param name="Commit">Source revision of the build; <c>unknown</c> when it was built outside a checkout.</param>
/// <param name="InstanceId">Identifies one life of one process: a restart gets a new one.</param>
public sealed record ServiceIdentity(string Name, string Version, string Commit, string InstanceId)
{
    /// <summary>The identity of this process, with name and version read from the given assembly's build.</summary>
    public static ServiceIdentity Of(string name, Assembly assembly)
    {
        // The SDK writes "version+commit" there when it builds inside a checkout.
        var informational = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";
        var plus = informational.IndexOf('+', StringComparison.Ordinal);
        var version = plus < 0 ? informational : informational[..plus];
        var commit = plus < 0 ? "unknown" : informational[(plus + 1)..];
        return new ServiceIdentity(name, version, commit, Guid.NewGuid().ToString("N"));
    }
}
