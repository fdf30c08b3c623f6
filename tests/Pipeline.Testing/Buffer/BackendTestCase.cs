using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Pipeline.Testing.Buffer;

/// <summary>A test case whose class says whether it can run.</summary>
public sealed class BackendTestCase : XunitTestCase
{
    [Obsolete("Called by the runner when it copies the case between processes.")]
    public BackendTestCase()
    {
    }

    public BackendTestCase(IMessageSink messages, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method)
        : base(messages, display, options, method)
    {
    }

    protected override string? GetSkipReason(IAttributeInfo factAttribute) =>
        TestMethod.TestClass.Class.ToRuntimeType().GetCustomAttribute<BackendAttribute>()?.MissingReason ?? base.GetSkipReason(factAttribute);
}
