using System.Text.RegularExpressions;
using Pipeline.Storage.Postgres.Keys;

namespace Pipeline.Storage.Postgres.Tests;

public sealed partial class SecretKeyRuleTests
{
    [Fact]
    public void New_secrets_have_the_documented_form_and_are_never_the_same()
    {
        var secrets = Enumerable.Range(0, 200).Select(_ => SecretKeyRule.NewSecretKey()).ToList();

        Assert.All(secrets, secret => Assert.Matches(Form(), secret));
        Assert.Equal(200, secrets.Distinct().Count());
    }

    [Theory]
    [InlineData("sk-lf-1234567890", "sk-lf-...7890")]
    [InlineData("short", "...")]
    public void What_is_shown_of_a_secret_cannot_be_used(string secret, string shown) => Assert.Equal(shown, SecretKeyRule.Display(secret));

    [GeneratedRegex("^sk-lf-[0-9A-Za-z]{33}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}
