using Pipeline.Schemas.Errors;
using Pipeline.Storage.ClickHouse.Inserting;
using Pipeline.Storage.ClickHouse.Querying;
using Pipeline.Testing.Engine;

namespace Pipeline.Storage.ClickHouse.Tests.Inserting;

[Collection(EngineCollection.Name)]
public sealed class StoreErrorRuleTests(EngineFixture fixture)
{
    [Theory]
    [InlineData(252, InsertOutcome.Overloaded)]
    [InlineData(242, InsertOutcome.Unavailable)]
    [InlineData(60, InsertOutcome.Refused)]
    [InlineData(469, InsertOutcome.Poisoned)]
    [InlineData(12_345, InsertOutcome.Unavailable)]
    public void The_class_of_a_code_decides_the_outcome(int code, InsertOutcome expected) => Assert.Equal(expected, StoreErrorRule.OutcomeOf(code));

    [EngineFact]
    public async Task The_tables_names_are_the_engines_own()
    {
        using var client = new ClickHouseQueryClient(new ClickHouseOptions { Address = fixture.Engine.Address, Database = "default" });
        foreach (var row in ErrorTable.Rows.Where(row => row.Backend == ErrorBackend.ClickHouse))
        {
            var parameters = new Dictionary<string, string>(StringComparer.Ordinal) { ["code"] = row.Code };
            var answer = await client.QueryAsync("SELECT errorCodeToName({code:Int32}) AS name", parameters, CancellationToken.None);

            Assert.Equal(row.Name, (string?)answer.Single()["name"]);
        }
    }
}
