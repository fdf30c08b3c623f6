using Microsoft.Extensions.Options;

namespace Pipeline.Gateway;

/// <summary>Checks the ranges that <see cref="GatewayOptions"/> declares; the body is generated.</summary>
[OptionsValidator]
internal sealed partial class GatewayOptionsValidator : IValidateOptions<GatewayOptions>;
