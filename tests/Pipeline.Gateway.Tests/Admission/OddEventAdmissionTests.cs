using Pipeline.Gateway.Tests.BadInputs;

namespace Pipeline.Gateway.Tests.Admission;

/// <summary>The bad inputs that concern one event, without HTTP around them: alone, first and last in a batch.</summary>
public sealed class OddEventAdmissionTests
{
    public static TheoryData<string> Names() => [.. OddEvents.All.Select(input => input.ToString())];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_odd_event_is_judged_alone(string name)
    {
        var odd = OddEvents.All.Single(candidate => candidate.ToString() == name);
        var good = System.Text.Encoding.UTF8.GetBytes(Requests.Event("good"));

        foreach (var batch in new byte[][][] { [odd.Json], [odd.Json, good], [good, odd.Json] })
        {
            var result = Admit.Body(Requests.Batch(batch));

            Assert.Null(result.Rejection);
            Assert.Equal(odd.Status == 201 ? [] : [odd.Status], result.Errors.Select(error => error.Status));
            Assert.Equal(batch.Length - result.Errors.Count, result.Events.Count);
            Assert.Equal(batch.Length > 1, result.Events.Ids().Contains("good"));
        }
    }
}
