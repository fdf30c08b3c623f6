using System.Buffers;
using System.Text;
using Pipeline.Gateway.Admission;
using Pipeline.Gateway.Endpoints;
using Pipeline.Gateway.Publishing;
using Pipeline.Gateway.Tests.BadInputs;

namespace Pipeline.Gateway.Tests.Admission;

/// <summary>Admits bodies as the ingestion endpoint does.</summary>
internal static class Admit
{
    internal const string Project = "project-1";

    internal static IngestionAdmissionResult Body(string body, bool isPublicKeyAlone = false) => Body(Encoding.UTF8.GetBytes(body), isPublicKeyAlone);

    internal static IngestionAdmissionResult Body(byte[] body, bool isPublicKeyAlone = false) =>
        IngestionAdmission.Admit(Repaired(body), Project, isPublicKeyAlone);

    /// <summary>The body as admission gets it: text, whatever was sent.</summary>
    internal static ReadOnlyMemory<byte> Repaired(byte[] bytes)
    {
        var budget = new InFlightBudget(long.MaxValue);
        var body = new RequestBody(budget);
        body.TryEnsureCapacity(bytes.Length);
        body.Append(new ReadOnlySequence<byte>(bytes));
        Assert.Equal(BodyOutcome.Read, BodyRepair.Repair(body, int.MaxValue, budget));
        return body.WasRepaired ? body.Bytes : bytes;
    }

    /// <summary>Admits one event of the type with the body, and says what is wrong with it: null when it is accepted.</summary>
    internal static string? ErrorOf(string type, string body)
    {
        var result = Body(Requests.Batch(Requests.Event("event-1", body, type)));
        Assert.Null(result.Rejection);
        Assert.Equal(1, result.Events.Count + result.Errors.Count);
        return result.Errors.Count == 0 ? null : result.Errors[0].Error;
    }

    internal static IEnumerable<string> Ids(this IEnumerable<AdmittedEvent> events) => events.Select(admitted => admitted.Event.Id.ToString());
}
