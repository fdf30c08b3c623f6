using Xunit.Abstractions;
using Xunit.Sdk;

namespace Pipeline.Testing.Buffer;

/// <summary>Makes the test cases of <see cref="BackendFactAttribute"/>.</summary>
public sealed class BackendFactDiscoverer(IMessageSink messages) : IXunitTestCaseDiscoverer
{
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        [new BackendTestCase(messages, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod)];
}
