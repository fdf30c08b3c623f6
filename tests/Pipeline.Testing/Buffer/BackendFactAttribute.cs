using Xunit;
using Xunit.Sdk;

namespace Pipeline.Testing.Buffer;

/// <summary>An inherited test: it is a visible skip where the <see cref="BackendAttribute"/> of the class that runs it says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Pipeline.Testing.Buffer.BackendFactDiscoverer", "Pipeline.Testing")]
public sealed class BackendFactAttribute : FactAttribute;
