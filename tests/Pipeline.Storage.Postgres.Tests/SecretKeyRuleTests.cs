using Pipeline.Storage.Postgres.Keys;

namespace Pipeline.Storage.Postgres.Tests;

public sealed class SecretKeyRuleTests
{
    [Fact]
    public void A_new_secret_is_never_mistyped_and_never_the_same()
    {
        var secrets = Enumerable.Range(0, 200).Select(_ => SecretKeyRule.NewSecretKey()).ToList();

        Assert.DoesNotContain(secrets, SecretKeyRule.IsMistyped);
        Assert.Equal(200, secrets.Distinct().Count());
    }

    [Fact]
    public void Any_single_changed_character_is_noticed()
    {
        var secret = SecretKeyRule.NewSecretKey();

        for (var i = "sk-lf-".Length; i < secret.Length; i++)
        {
            var mistyped = secret[..i] + (secret[i] == 'a' ? 'b' : 'a') + secret[(i + 1)..];
            Assert.True(SecretKeyRule.IsMistyped(mistyped), $"character {i} changed: {mistyped}");
        }
    }

    [Theory]
    [InlineData("sk-lf-preset")]
    [InlineData("sk-lf-0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f")]
    [InlineData("")]
    public void A_secret_of_another_form_is_never_called_mistyped(string secret) => Assert.False(SecretKeyRule.IsMistyped(secret));

    [Theory]
    [InlineData("sk-lf-1234567890", "sk-lf-...7890")]
    [InlineData("short", "...")]
    public void What_is_shown_of_a_secret_cannot_be_used(string secret, string shown) => Assert.Equal(shown, SecretKeyRule.Display(secret));
}
